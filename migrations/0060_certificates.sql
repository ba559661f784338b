-- The certificate (療養証明書), the codes by which third parties check it, and the passport number that is asked first of
-- people who have just entered the country.

ALTER TABLE diagnoses ADD COLUMN arrived_on text; -- the date of entering the country; null: not known, or none

-- A certificate that was shown. What it says isn't kept: it is compared with what the record says.
CREATE TABLE certificates (
    id          text   NOT NULL PRIMARY KEY,
    patient_id  text   NOT NULL REFERENCES patients (id),
    code_hash   text   NOT NULL, -- SHA-256 of the code
    secrets     text   NOT NULL, -- the code, and the key of the seal of its files, encrypted with the person's key
    says_hash   text   NOT NULL, -- SHA-256 of the six fields
    issued_at   bigint NOT NULL,
    ended_at    bigint,          -- when it was replaced or withdrawn; null: it holds while it says what the record says
    ended_as    text             -- replaced, withdrawn
);
CREATE UNIQUE INDEX certificates_by_code ON certificates (code_hash);
CREATE INDEX certificates_by_patient ON certificates (patient_id, issued_at, id);

CREATE TABLE passport_numbers (
    patient_id text   NOT NULL PRIMARY KEY REFERENCES patients (id),
    number     text   NOT NULL,
    author     text   NOT NULL, -- who entered it
    at         bigint NOT NULL
);
