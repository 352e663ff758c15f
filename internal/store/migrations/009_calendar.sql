-- +goose Up
-- The State Council's papers of years after those in the program, or in their place.
CREATE TABLE calendar (
  year BIGINT PRIMARY KEY, source TEXT NOT NULL, at BIGINT NOT NULL, doc TEXT NOT NULL
);
-- Days that local orders arrange, for a division and all below it.
CREATE TABLE local_day (
  division TEXT NOT NULL, day TEXT NOT NULL, at BIGINT NOT NULL, doc TEXT NOT NULL,
  PRIMARY KEY (division, day)
);
-- +goose Down
SELECT 1;
