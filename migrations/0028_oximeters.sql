-- Whether the patient has an oximeter: yes, no, unknown. Without one, SpO2 is asked once a week.
ALTER TABLE patients ADD COLUMN oximeter text NOT NULL DEFAULT 'unknown';
-- The last report in which SpO2 was answered by phone, when that was or `oximeter` was set, and how many reports in a row
-- had no value.
ALTER TABLE patients ADD COLUMN spo2_report text;
ALTER TABLE patients ADD COLUMN spo2_asked_at bigint;
ALTER TABLE patients ADD COLUMN spo2_unmeasured bigint NOT NULL DEFAULT 0;

ALTER TABLE held_changes ADD COLUMN oximeter text NOT NULL DEFAULT 'unknown';
