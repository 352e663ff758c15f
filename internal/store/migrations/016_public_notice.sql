-- +goose Up
CREATE TABLE public_notice (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), at BIGINT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX public_notice_call ON public_notice (call, at);
-- Who objected stands here and in no fact.
CREATE TABLE objection (
  id TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, call TEXT NOT NULL REFERENCES call (id), application TEXT NOT NULL REFERENCES application (id),
  state TEXT NOT NULL, at BIGINT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX objection_call ON objection (call, at, id);
CREATE INDEX objection_application ON objection (application);
-- +goose Down
SELECT 1;
