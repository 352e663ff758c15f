-- +goose Up
-- How a person wants messages by mail: 'digest' (twice a day), 'once' (each by itself), 'none'.
ALTER TABLE person ADD COLUMN mail TEXT NOT NULL DEFAULT 'digest';
-- +goose Down
SELECT 1;
