-- +goose Up
CREATE TABLE decision_sheet (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), n BIGINT NOT NULL, state TEXT NOT NULL,
  version BIGINT NOT NULL, doc TEXT NOT NULL, UNIQUE (call, n)
);
-- A call is decided on one sheet at a time: the database can't hold two that are open.
CREATE UNIQUE INDEX decision_sheet_live ON decision_sheet (call) WHERE state <> 'released';
-- Files of sheets and of what else a call has beside its applications, found by fsck.
CREATE TABLE call_file (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), sha TEXT NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX call_file_sha ON call_file (sha);

-- +goose Down
SELECT 1;
