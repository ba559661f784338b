-- Open alerts, the slots of a day and the audit trail are read page by page, each page from an index in its order.

ALTER TABLE alerts ADD COLUMN urgency bigint NOT NULL DEFAULT 0; -- of its kind: 0 red, 1 amber, 2 note
UPDATE alerts SET urgency = CASE WHEN kind = 'red_answer' THEN 0
    WHEN kind IN ('guessing', 'unspoken', 'forged') THEN 2 ELSE 1 END;
DROP INDEX alerts_open;
CREATE INDEX alerts_open ON alerts (centre_code, urgency, raised_at, id) WHERE closed_at IS NULL;
CREATE INDEX alerts_open_by_urgency ON alerts (urgency, raised_at, id) WHERE closed_at IS NULL;

DROP INDEX slots_by_date;
CREATE INDEX slots_by_date ON slots (slot_date, centre_code, slot_time, id);

DROP INDEX audit_by_subject;
CREATE INDEX audit_by_subject ON audit (subject, at, id);
CREATE INDEX audit_by_actor ON audit (actor, at, id);
CREATE INDEX audit_by_centre ON audit (centre_code, at, id) WHERE centre_code IS NOT NULL;
CREATE INDEX audit_by_time ON audit (at, id);
-- Without the seals, which the program writes every second.
CREATE INDEX audit_without_seals ON audit (at, id) WHERE action NOT LIKE 'rows.%';
