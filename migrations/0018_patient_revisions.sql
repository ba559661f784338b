-- The revision of a patient's record: each change that staff can see increments it. A form that was filled in on an
-- older revision is refused, and says which fields changed since.
ALTER TABLE patients ADD COLUMN revision bigint NOT NULL DEFAULT 1;

-- Append-only: the names of the fields that a revision changed.
CREATE TABLE patient_changes (
    patient_id text   NOT NULL REFERENCES patients (id),
    revision   bigint NOT NULL, -- after the change
    field      text   NOT NULL,
    PRIMARY KEY (patient_id, revision, field)
);
