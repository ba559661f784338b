-- What staff do beside the open alerts: call people themselves, hand over, correct answers, and write down the diagnosis.

-- Who is calling whom in a round. A claim ends with what came of the call, or by itself after a while.
CREATE TABLE round_claims (
    patient_id text   NOT NULL PRIMARY KEY REFERENCES patients (id),
    account_id text   REFERENCES staff_accounts (id), -- null: of no account
    name       text   NOT NULL,
    taken_at   bigint NOT NULL
);

-- Calls that staff placed themselves. Append-only.
CREATE TABLE staff_calls (
    id          text   NOT NULL PRIMARY KEY, -- given with the form, so that a form sent twice adds one call
    patient_id  text   NOT NULL REFERENCES patients (id),
    centre_code text   NOT NULL REFERENCES centres (code), -- at that time
    outcome     text   NOT NULL, -- reported, not_reached, later
    again_at    bigint,          -- when to call again; null: not at a certain time
    author      text   NOT NULL,
    at          bigint NOT NULL
);
CREATE INDEX staff_calls_by_patient ON staff_calls (patient_id, at, id);
CREATE INDEX staff_calls_by_centre ON staff_calls (centre_code, at);
CREATE INDEX staff_calls_by_outcome ON staff_calls (outcome, again_at);

-- When one shift handed over to the next. Append-only.
CREATE TABLE handovers (
    id          text   NOT NULL PRIMARY KEY, -- given with the form, so that a form sent twice hands over once
    centre_code text   NOT NULL REFERENCES centres (code),
    message     text,            -- what the next shift must know; null: nothing besides the page
    author      text   NOT NULL,
    at          bigint NOT NULL
);
CREATE INDEX handovers_by_centre ON handovers (centre_code, at, id);

-- Why staff corrected an answer: the answer is a later row of `answers`, and the one before stays. Append-only.
CREATE TABLE answer_corrections (
    answer_id text   NOT NULL PRIMARY KEY,
    report_id text   NOT NULL REFERENCES reports (id),
    reason    text   NOT NULL,
    author    text   NOT NULL,
    at        bigint NOT NULL
);
CREATE INDEX answer_corrections_by_report ON answer_corrections (report_id);

-- The diagnosis as the certificate shows it.
CREATE TABLE diagnoses (
    patient_id      text   NOT NULL PRIMARY KEY REFERENCES patients (id),
    revision        bigint NOT NULL,
    disease         text   NOT NULL,
    diagnosed_on    text   NOT NULL, -- the date
    basis           text   NOT NULL, -- doctor, presumed
    reason          text   NOT NULL, -- why the case is notified
    registered_name text   NOT NULL, -- as the doctor or the health centre registered it
    entered_on      text   NOT NULL, -- the date of entry
    author          text   NOT NULL,
    updated_at      bigint NOT NULL
);
