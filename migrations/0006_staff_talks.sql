-- Talks with staff, and answers that came after the report was finished.

-- Since when the caller has been with staff, or their phone has been ringing; null while the call isn't in a transfer.
ALTER TABLE sessions ADD COLUMN transfer_since bigint;
-- When staff answered in the transfer under way, as the carrier told of their leg.
ALTER TABLE sessions ADD COLUMN staff_answered_at bigint;
-- When the sweeper asks the carrier about the call again.
ALTER TABLE sessions ADD COLUMN look_at bigint;
CREATE INDEX sessions_in_transfer ON sessions (transfer_since) WHERE transfer_since IS NOT NULL;

-- Given in another call after the report was finished: shown to staff, and never part of the report.
ALTER TABLE answers ADD COLUMN late boolean NOT NULL DEFAULT false;
