-- The few whose calls are stopped are found among all who are observed without looking at each of those. Both the list
-- and its count are read from this index alone. It changes only when calls are stopped or resumed, or an observation
-- ends.
CREATE INDEX patients_stopped ON patients (centre_code, hersys_id, released_at, stopped_at, import, language,
    folded_name, phone_number, id) WHERE released_at IS NULL AND stopped_at IS NOT NULL;
