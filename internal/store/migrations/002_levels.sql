-- +goose Up
-- In which order a unit sees its candidates, before it chooses (R97).
CREATE TABLE ranking (
  call TEXT NOT NULL REFERENCES call (id), unit TEXT NOT NULL REFERENCES unit (id), at BIGINT NOT NULL, doc TEXT NOT NULL,
  PRIMARY KEY (call, unit)
);

-- +goose Down
SELECT 1;
