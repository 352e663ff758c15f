-- +goose Up
CREATE TABLE unit (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL, short TEXT NOT NULL, kind TEXT NOT NULL,
  ownership TEXT NOT NULL CHECK (ownership IN ('public', 'non_public')),
  superior TEXT NOT NULL, division TEXT NOT NULL, credit_code TEXT NOT NULL, address TEXT NOT NULL,
  contact TEXT NOT NULL, phone TEXT NOT NULL, from_day TEXT NOT NULL, until_day TEXT NOT NULL,
  successor TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'refused', 'ended')),
  version BIGINT NOT NULL
);
CREATE INDEX unit_superior ON unit (superior);
CREATE INDEX unit_kind ON unit (kind, division);
CREATE INDEX unit_name ON unit (name_key);

CREATE TABLE division (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, level TEXT NOT NULL, parent TEXT NOT NULL, sort BIGINT NOT NULL,
  direct BOOLEAN NOT NULL
);

CREATE TABLE person (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, login TEXT NOT NULL UNIQUE, phone TEXT NOT NULL, email TEXT NOT NULL,
  employer TEXT NOT NULL, title TEXT NOT NULL, disabled BOOLEAN NOT NULL, version BIGINT NOT NULL
);
CREATE TABLE credential (
  person TEXT PRIMARY KEY REFERENCES person (id), hash TEXT NOT NULL, set_at BIGINT NOT NULL
);
-- Tries are counted per account and address, so that a stranger's failures never keep
-- the clerk at the usual desk out before a deadline (S02).
CREATE TABLE attempt (
  login TEXT NOT NULL, addr TEXT NOT NULL, failures BIGINT NOT NULL, last_at BIGINT NOT NULL,
  PRIMARY KEY (login, addr)
);
CREATE TABLE invitation (
  token TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person (id), until_at BIGINT NOT NULL, used_at BIGINT NOT NULL
);
CREATE TABLE post (
  id TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person (id), unit TEXT NOT NULL REFERENCES unit (id),
  role TEXT NOT NULL, from_at BIGINT NOT NULL, until_at BIGINT NOT NULL, origin TEXT NOT NULL,
  of_person TEXT NOT NULL, of_name TEXT NOT NULL
);
CREATE INDEX post_person ON post (person);
CREATE INDEX post_unit ON post (unit, role);
CREATE TABLE session (
  token TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person (id), post TEXT NOT NULL, lang TEXT NOT NULL,
  signed_in BIGINT NOT NULL, seen_at BIGINT NOT NULL, addr TEXT NOT NULL
);
CREATE INDEX session_person ON session (person);

CREATE TABLE call (
  id TEXT PRIMARY KEY, number TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL, rev TEXT NOT NULL,
  deadline BIGINT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE UNIQUE INDEX call_number ON call (number);
-- A published revision is never changed: its text is found by its hash for good.
CREATE TABLE revision (
  sha TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), n BIGINT NOT NULL, file TEXT NOT NULL,
  source TEXT NOT NULL, labels TEXT NOT NULL, at BIGINT NOT NULL, UNIQUE (call, n)
);
CREATE TABLE delivery (
  call TEXT NOT NULL REFERENCES call (id), unit TEXT NOT NULL REFERENCES unit (id), sender TEXT NOT NULL,
  sent_at BIGINT NOT NULL, opened_at BIGINT NOT NULL, opened_by TEXT NOT NULL, PRIMARY KEY (call, unit)
);
CREATE TABLE forwarding (
  call TEXT NOT NULL REFERENCES call (id), unit TEXT NOT NULL REFERENCES unit (id), at BIGINT NOT NULL,
  doc TEXT NOT NULL, PRIMARY KEY (call, unit)
);
CREATE TABLE none_report (
  call TEXT NOT NULL REFERENCES call (id), unit TEXT NOT NULL REFERENCES unit (id), at BIGINT NOT NULL,
  doc TEXT NOT NULL, PRIMARY KEY (call, unit)
);

CREATE TABLE application (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), number TEXT NOT NULL, rev TEXT NOT NULL,
  unit TEXT NOT NULL REFERENCES unit (id), unit_name TEXT NOT NULL, base_name TEXT NOT NULL, base_key TEXT NOT NULL,
  host_kind TEXT NOT NULL, division TEXT NOT NULL, state TEXT NOT NULL, holder TEXT NOT NULL, holder_name TEXT NOT NULL,
  recommender TEXT NOT NULL, recommender_name TEXT NOT NULL, self BOOLEAN NOT NULL,
  live BOOLEAN NOT NULL, submitted_at BIGINT NOT NULL, moved_at BIGINT NOT NULL, due_at BIGINT NOT NULL,
  mean BIGINT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE UNIQUE INDEX application_live_unit ON application (call, unit) WHERE live;
CREATE UNIQUE INDEX application_live_base ON application (call, base_key) WHERE live AND base_key <> '';
CREATE INDEX application_state ON application (call, state, id);
CREATE INDEX application_holder ON application (holder, live);
CREATE INDEX application_submitted ON application (call, submitted_at, id);
-- Who sees it from which side: written with the route, so that no list walks a tree.
CREATE TABLE seat (
  unit TEXT NOT NULL, application TEXT NOT NULL REFERENCES application (id), call TEXT NOT NULL, role TEXT NOT NULL,
  PRIMARY KEY (unit, application)
);
CREATE INDEX seat_application ON seat (application);
-- One row is one place: the database can't give it to two (trust §1.3).
CREATE TABLE place (
  call TEXT NOT NULL REFERENCES call (id), unit TEXT NOT NULL, n BIGINT NOT NULL, application TEXT NOT NULL,
  PRIMARY KEY (call, unit, n)
);
CREATE UNIQUE INDEX place_application ON place (application) WHERE application <> '';

CREATE TABLE answer (
  application TEXT NOT NULL REFERENCES application (id), field TEXT NOT NULL, value TEXT NOT NULL, version BIGINT NOT NULL,
  at BIGINT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (application, field)
);
CREATE TABLE answer_history (
  application TEXT NOT NULL, field TEXT NOT NULL, version BIGINT NOT NULL, value TEXT NOT NULL, at BIGINT NOT NULL,
  person TEXT NOT NULL, PRIMARY KEY (application, field, version)
);
CREATE TABLE evidence (
  id TEXT PRIMARY KEY, application TEXT NOT NULL REFERENCES application (id), purpose TEXT NOT NULL, topic TEXT NOT NULL,
  name TEXT NOT NULL, type TEXT NOT NULL, size BIGINT NOT NULL, pages BIGINT NOT NULL, sha TEXT NOT NULL,
  at BIGINT NOT NULL, person TEXT NOT NULL, person_name TEXT NOT NULL, unit TEXT NOT NULL,
  removed_at BIGINT NOT NULL, quarantined_at BIGINT NOT NULL
);
CREATE INDEX evidence_application ON evidence (application);
CREATE INDEX evidence_sha ON evidence (sha);
CREATE TABLE frozen (
  application TEXT NOT NULL REFERENCES application (id), n BIGINT NOT NULL, hash TEXT NOT NULL, code TEXT NOT NULL,
  at BIGINT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (application, n)
);
CREATE UNIQUE INDEX frozen_code ON frozen (code);
CREATE TABLE assignment (
  application TEXT NOT NULL REFERENCES application (id), expert TEXT NOT NULL REFERENCES person (id),
  call TEXT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (application, expert)
);
CREATE INDEX assignment_expert ON assignment (expert, call);
CREATE TABLE base (
  id TEXT PRIMARY KEY, application TEXT NOT NULL UNIQUE REFERENCES application (id), call TEXT NOT NULL,
  name TEXT NOT NULL, unit TEXT NOT NULL REFERENCES unit (id), plaque TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
  at BIGINT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX base_unit ON base (unit);
CREATE TABLE parcel (
  id TEXT PRIMARY KEY, call TEXT NOT NULL, at BIGINT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL);

-- The log: one row of head is locked by every act, each fact carries the hash before it.
CREATE TABLE head (id BIGINT PRIMARY KEY CHECK (id = 1), seq BIGINT NOT NULL, hash TEXT NOT NULL);
INSERT INTO head (id, seq, hash) VALUES (1, 0, '');
CREATE TABLE event (
  seq BIGINT PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, subject_kind TEXT NOT NULL, subject TEXT NOT NULL,
  call TEXT NOT NULL, person TEXT NOT NULL, unit TEXT NOT NULL, at BIGINT NOT NULL, outcome TEXT NOT NULL,
  hash TEXT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX event_subject ON event (subject_kind, subject, seq);
CREATE INDEX event_call ON event (call, seq);
CREATE TABLE idempotency (
  person TEXT NOT NULL, act TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, result TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (person, act, key)
);
CREATE TABLE job (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, args TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'dead')),
  run_at BIGINT NOT NULL, attempt BIGINT NOT NULL, lease_until BIGINT NOT NULL, uniq TEXT NOT NULL, last_error TEXT NOT NULL
);
CREATE INDEX job_ready ON job (run_at, id) WHERE state <> 'dead';
CREATE UNIQUE INDEX job_uniq ON job (uniq) WHERE uniq <> '';
CREATE TABLE message (
  id TEXT PRIMARY KEY, person TEXT NOT NULL, fact TEXT NOT NULL, kind TEXT NOT NULL, link TEXT NOT NULL, args TEXT NOT NULL,
  at BIGINT NOT NULL, read_at BIGINT NOT NULL, mailed_at BIGINT NOT NULL, UNIQUE (person, fact)
);
CREATE INDEX message_person ON message (person, id);
CREATE TABLE upload (
  id TEXT PRIMARY KEY, application TEXT NOT NULL, purpose TEXT NOT NULL, topic TEXT NOT NULL, name TEXT NOT NULL,
  person TEXT NOT NULL, post TEXT NOT NULL, at BIGINT NOT NULL
);

-- +goose Down
SELECT 1;
