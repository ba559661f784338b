-- The channels and languages in which the patient has completed a call, as `automated_call:ja;health_call:zh-Hans;`. Such a
-- patient hears less explanation.
ALTER TABLE patients ADD COLUMN known_in text NOT NULL DEFAULT '';
