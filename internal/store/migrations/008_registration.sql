-- +goose Up
-- What a unit sent to be registered; the unit's own row is the truth about the unit.
CREATE TABLE registration (
  unit TEXT PRIMARY KEY REFERENCES unit (id), number TEXT NOT NULL UNIQUE, at BIGINT NOT NULL, doc TEXT NOT NULL
);
CREATE INDEX unit_place ON unit (division, id);
CREATE INDEX unit_credit ON unit (credit_code) WHERE credit_code <> '';
-- The audit trail is searched by who, for which office, and what.
CREATE INDEX event_person ON event (person, seq);
CREATE INDEX event_unit ON event (unit, seq);
CREATE INDEX event_kind ON event (kind, seq);
-- +goose Down
SELECT 1;
