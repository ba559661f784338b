-- What must not be told by times: a clock that was put forward and back leaves later ones behind than come after.

-- The call that was committed to last, over all nodes.
ALTER TABLE dialer ADD COLUMN last_call text;
-- When a pause began that no person has made.
ALTER TABLE dialer ADD COLUMN paused_at bigint;

-- Calls of ours of which the carrier told and which the database didn't know: each counts once.
CREATE TABLE lost_calls (
    call_id  text   NOT NULL PRIMARY KEY,
    noted_at bigint NOT NULL
);
