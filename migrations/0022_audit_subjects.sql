-- One entry of the audit trail names everyone whom a view showed. Append-only, and covered by the entry's hash.

CREATE TABLE audit_subjects (
    audit_id    text   NOT NULL REFERENCES audit (id),
    kind        text   NOT NULL, -- patient: shown; centre: of a patient shown, if the entry itself names no centre
    subject     text   NOT NULL, -- the patient's id, or the centre's code
    centre_code text,            -- the patient's health centre; null: the entry's
    at          bigint NOT NULL, -- of the entry
    PRIMARY KEY (audit_id, kind, subject)
);
CREATE INDEX audit_subjects_by_subject ON audit_subjects (kind, subject, at, audit_id);
