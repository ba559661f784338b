-- A patient moves to another health centre when that centre accepts: offers, and what came of them.

CREATE TABLE transfers (
    id          text   NOT NULL PRIMARY KEY, -- given with the form, so that a form sent twice makes one offer
    patient_id  text   NOT NULL REFERENCES patients (id),
    from_centre text   NOT NULL REFERENCES centres (code),
    to_centre   text   NOT NULL REFERENCES centres (code),
    state       text   NOT NULL, -- offered, accepted, declined, withdrawn
    reason      text   NOT NULL, -- moved, facility, jurisdiction, other
    note        text,            -- of the offering centre
    reply       text,            -- of the receiving centre, when it declines
    offered_at  bigint NOT NULL,
    offered_by  text   NOT NULL,
    decided_at  bigint,
    decided_by  text,
    noticed_at  bigint           -- when the offering centre has read what the other one decided, or withdrew the offer
);
-- No patient is offered to two health centres.
CREATE UNIQUE INDEX transfers_one_open ON transfers (patient_id) WHERE state = 'offered';
CREATE INDEX transfers_by_patient ON transfers (patient_id, offered_at);
CREATE INDEX transfers_to ON transfers (to_centre, offered_at, id) WHERE state = 'offered';
CREATE INDEX transfers_from ON transfers (from_centre, offered_at, id) WHERE noticed_at IS NULL;

-- How long a health centre keeps the data of released patients. No row: until somebody erases them.
CREATE TABLE retention (
    centre_code text   NOT NULL PRIMARY KEY REFERENCES centres (code),
    months      bigint NOT NULL,
    changed_at  bigint NOT NULL -- nobody goes sooner than some days after it
);
CREATE INDEX patients_released ON patients (centre_code, released_at, id) WHERE released_at IS NOT NULL;

-- Append-only: each verification of the audit trail.
CREATE TABLE audit_verifications (
    id       text    NOT NULL PRIMARY KEY,
    at       bigint  NOT NULL,
    actor    text    NOT NULL,
    entries  bigint  NOT NULL,
    verifies boolean NOT NULL
);
CREATE INDEX audit_verifications_by_time ON audit_verifications (at, id);
