-- What a start and a fail-over need to know before anything is dialled.

-- The database server that the last check was made on: another one may lack the last entries.
ALTER TABLE dialer ADD COLUMN server text;
-- Why a node that has started dials nothing yet, and until when that is known. For `dialer show` only.
ALTER TABLE dialer ADD COLUMN waiting_reason text;
ALTER TABLE dialer ADD COLUMN waiting_until bigint;
