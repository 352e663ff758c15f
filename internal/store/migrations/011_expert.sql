-- +goose Up
-- fields is ",230,23020," and words what a search finds, folded; both are written with doc.
CREATE TABLE expert (
  person TEXT PRIMARY KEY REFERENCES person (id), name TEXT NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL, place TEXT NOT NULL,
  fields TEXT NOT NULL, words TEXT NOT NULL, state TEXT NOT NULL, away_from TEXT NOT NULL, away_until TEXT NOT NULL,
  version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX expert_name ON expert (name, person);
CREATE TABLE ban (
  id TEXT PRIMARY KEY, application TEXT NOT NULL REFERENCES application (id), call TEXT NOT NULL,
  version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX ban_call ON ban (call, application);
-- One request for recusal for each application: the key refuses a second.
CREATE TABLE plea (
  application TEXT PRIMARY KEY REFERENCES application (id), call TEXT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX plea_call ON plea (call, application);
-- +goose Down
SELECT 1;
