-- +goose Up
CREATE TABLE meeting (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), at BIGINT NOT NULL, state TEXT NOT NULL,
  version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX meeting_call ON meeting (call, at, id);
-- The papers of a ballot lie in one document, ordered by their random codes: rows of their
-- own would tell by their order, and by who wrote when, whose paper each is.
CREATE TABLE ballot (
  id TEXT PRIMARY KEY, meeting TEXT NOT NULL REFERENCES meeting (id), n BIGINT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL,
  UNIQUE (meeting, n)
);
-- +goose Down
SELECT 1;
