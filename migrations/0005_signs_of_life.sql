-- What the carrier has said of a call that shows when its phone rang, and attempts that turned out to be alive.

-- When the carrier first said that the phone rang or was answered; null until then. A call that never began is in no
-- list by start time, so its absence from a list says nothing about that list.
ALTER TABLE legs ADD COLUMN began_at bigint;
CREATE INDEX legs_began ON legs (carrier, began_at) WHERE began_at IS NOT NULL;
-- It was for the search that legs_began now serves.
DROP INDEX legs_outbound;

-- When the carrier showed that the call of an attempt that had ended lives, or rang; the attempt is open again then.
ALTER TABLE attempts ADD COLUMN revived_at bigint;
-- I2, as before, for attempts that we begin. One that comes back may stand beside the one that was begun after it,
-- until that one is taken back.
DROP INDEX attempts_one_open;
CREATE UNIQUE INDEX attempts_one_open ON attempts (slot_id) WHERE ended_at IS NULL AND revived_at IS NULL;
