-- What staff typed is never lost.

-- The report that has what was said in a call by staff. Null: nothing was said, or the call is of an earlier version,
-- in which it is the report with the same id.
ALTER TABLE staff_calls ADD COLUMN report_id text;

-- About whom a draft is, so that it goes when the person is erased. Null: about nobody, or not known.
ALTER TABLE form_drafts ADD COLUMN patient_id text;
CREATE INDEX form_drafts_by_patient ON form_drafts (patient_id) WHERE patient_id IS NOT NULL;
