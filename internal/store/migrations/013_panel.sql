-- +goose Up
-- One invitation per expert and round; what ended stays, and bars the expert from the round.
CREATE TABLE review_invitation (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), round TEXT NOT NULL, expert TEXT NOT NULL REFERENCES person (id),
  version BIGINT NOT NULL, doc TEXT NOT NULL, UNIQUE (call, round, expert)
);
CREATE INDEX review_invitation_expert ON review_invitation (expert, id);
CREATE TABLE review_group (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), round TEXT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX review_group_call ON review_group (call, id);
-- The secret is a column of its own, so that no page that shows a drawing can show it before
-- it is revealed: the document does not hold it.
CREATE TABLE drawing (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), grp TEXT NOT NULL REFERENCES review_group (id), n BIGINT NOT NULL,
  version BIGINT NOT NULL, secret TEXT NOT NULL, doc TEXT NOT NULL, UNIQUE (grp, n)
);
CREATE TABLE matching (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), round TEXT NOT NULL, n BIGINT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL,
  UNIQUE (call, round, n)
);
-- Records of draws and matches, byte for byte as they can be verified elsewhere.
CREATE TABLE record (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), kind TEXT NOT NULL, sha TEXT NOT NULL, at BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX record_call ON record (call, id);
-- +goose Down
SELECT 1;
