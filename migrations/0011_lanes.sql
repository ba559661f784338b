-- From whose phones reports come, and alerts that stand for many events of one kind.

-- Whose number the calls showed in which the report was given: registered (also when we called it), unregistered,
-- hidden. Of several calls the one that proves least. Null: it wasn't noted.
ALTER TABLE reports ADD COLUMN caller_number text;

-- How many events an alert stands for, and when the last of them was. Both change while the alert is open.
ALTER TABLE alerts ADD COLUMN occurrences bigint NOT NULL DEFAULT 1;
ALTER TABLE alerts ADD COLUMN last_at bigint; -- null: when it was raised
-- For the limits on requests to be called back.
CREATE INDEX alerts_by_kind ON alerts (kind, raised_at);
