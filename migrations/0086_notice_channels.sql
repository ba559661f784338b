-- Each channel has a pace of its own, so that one that stands still doesn't hold the other; and mail servers say later
-- what became of an e-mail.

-- sms, email: by which channel it is expected to go. What decides when it goes out may choose the other one.
ALTER TABLE notices ADD COLUMN lane text;
UPDATE notices SET lane = COALESCE(channel, 'sms');
-- Of an e-mail: SHA-256 of the notice and the address that it went to, so that a later bounce counts against no other
-- one.
ALTER TABLE notices ADD COLUMN address_hash text;
-- When a mail server last said that it hasn't been able to deliver it so far, and goes on trying.
ALTER TABLE notices ADD COLUMN delayed_at bigint;

DROP INDEX notices_waiting;
DROP INDEX notices_under_way;
CREATE INDEX notices_waiting ON notices (lane, due_at, id) WHERE state = 'waiting';
CREATE INDEX notices_under_way ON notices (lane, intended_at) WHERE state = 'intended';
