-- Staff find patients by any part of the name, however it is written, by birth date, and by state.

-- Family name and given name, folded: width, kana and variants of characters don't matter. Empty: not folded yet.
ALTER TABLE patients ADD COLUMN folded_name text NOT NULL DEFAULT '';
CREATE INDEX patients_by_birth_date ON patients (birth_date);
-- A page of a health centre's list is read from this index alone, in its order, whatever is searched for. Then only the
-- records of the page are read. The columns of a patient who is merely called don't change, so calls don't write it.
CREATE INDEX patients_search ON patients (centre_code, hersys_id, released_at, import, stopped_at, language,
    automated_call, stop_requested_at, folded_name, phone_number, wrong_number, id);
