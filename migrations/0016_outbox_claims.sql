-- Nodes claim the jobs of the outbox, so that no two run the same one, and jobs that keep failing are given up.

-- A program of an older version can't use the outbox from here on: it would run jobs that another node has claimed.
ALTER TABLE outbox RENAME COLUMN errand TO job;
-- A program claims only jobs whose kind it knows. '': the old program wrote a job that can't be read.
ALTER TABLE outbox ADD COLUMN kind text NOT NULL DEFAULT '';
UPDATE outbox SET kind = CASE
    WHEN job LIKE '{"withdraw":%' THEN 'withdraw'
    WHEN job LIKE '{"missed_call_sms":%' THEN 'missed_call_sms'
    WHEN job LIKE '{"tell_centre":%' THEN 'tell_centre'
    ELSE '' END;
ALTER TABLE outbox ADD COLUMN claimed_by text;      -- the process that runs it
ALTER TABLE outbox ADD COLUMN claimed_until bigint; -- from then on another one may claim it
ALTER TABLE outbox ADD COLUMN failed_at bigint;     -- when it was given up; staff retry or discard it
ALTER TABLE outbox ADD COLUMN failure text;         -- why
-- From now on only failed runs count. Before, a job that waited for a call to end was counted each second.
UPDATE outbox SET attempts = 0 WHERE done_at IS NULL;

DROP INDEX outbox_due;
CREATE INDEX outbox_open ON outbox (kind, due_at) WHERE done_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_failed ON outbox (failed_at) WHERE done_at IS NULL AND failed_at IS NOT NULL;
