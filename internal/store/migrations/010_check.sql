-- +goose Up
-- What applications are compared by once they came to the department: values that units
-- rarely share, as hashes, and the hashes of passages (see application.Traits, Prints).
CREATE TABLE trait (
  application TEXT NOT NULL REFERENCES application (id), kind TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (application, kind, value)
);
CREATE INDEX trait_value ON trait (kind, value);
CREATE TABLE print (
  hash BIGINT NOT NULL, application TEXT NOT NULL REFERENCES application (id), PRIMARY KEY (hash, application)
);
CREATE INDEX print_application ON print (application);
-- What was found alike, from the side of the application that came later or again.
CREATE TABLE likeness (
  application TEXT NOT NULL REFERENCES application (id), other TEXT NOT NULL REFERENCES application (id), at BIGINT NOT NULL,
  doc TEXT NOT NULL, PRIMARY KEY (application, other)
);
CREATE INDEX likeness_other ON likeness (other);
-- When an application was compared last; none: not yet.
CREATE TABLE compared (application TEXT PRIMARY KEY REFERENCES application (id), n BIGINT NOT NULL, at BIGINT NOT NULL);

-- +goose Down
SELECT 1;
