-- Who deals with a line of the open alerts, and what staff noted about it. A line is a patient, or an alert that is
-- about no patient or about an attack.

CREATE TABLE alert_claims (
    line       text   NOT NULL PRIMARY KEY, -- the patient's id, or the alert's
    id         text   NOT NULL,             -- of this claim: a take-over is another one
    patient_id text   REFERENCES patients (id), -- null: the line is an alert
    alert_id   text   NOT NULL REFERENCES alerts (id), -- the newest alert that the line showed when it was taken
    alert_at   bigint NOT NULL,             -- when that was raised
    account_id text   REFERENCES staff_accounts (id), -- null: taken at the command line
    name       text   NOT NULL,
    taken_at   bigint NOT NULL
);

-- Append-only.
CREATE TABLE line_notes (
    id         text   NOT NULL PRIMARY KEY, -- given with the form, so that a form sent twice adds one note
    line       text   NOT NULL,             -- the patient's id, or the alert's
    patient_id text   REFERENCES patients (id), -- null: the line is an alert
    author     text   NOT NULL,
    audience   text   NOT NULL,             -- staff, patient
    note       text   NOT NULL,
    written_at bigint NOT NULL
);
CREATE INDEX line_notes_by_line ON line_notes (line, written_at, id);
CREATE INDEX line_notes_by_patient ON line_notes (patient_id);

-- Whether red alerts sound in the browsers of an account: on, off.
ALTER TABLE staff_accounts ADD COLUMN red_sound text NOT NULL DEFAULT 'off';
