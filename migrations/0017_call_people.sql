-- Who took part in a call: the patient it was placed to, and patients identified in it, each with the health centre
-- responsible at that time. Pages of a centre's or a patient's calls read it in order.
CREATE TABLE call_people (
    call_id     text   NOT NULL REFERENCES calls (id),
    patient_id  text   NOT NULL REFERENCES patients (id),
    centre_code text   NOT NULL REFERENCES centres (code),
    role        text   NOT NULL, -- called, identified
    started_at  bigint NOT NULL, -- of the call
    PRIMARY KEY (call_id, patient_id)
);
CREATE INDEX call_people_by_centre ON call_people (centre_code, started_at, call_id);
CREATE INDEX call_people_by_patient ON call_people (patient_id, started_at, call_id);

INSERT INTO call_people (call_id, patient_id, centre_code, role, started_at)
SELECT a.call_id, a.patient_id, a.centre_code, 'called', c.started_at
FROM attempts a JOIN calls c ON c.id = a.call_id;

INSERT INTO call_people (call_id, patient_id, centre_code, role, started_at)
SELECT DISTINCT c.id, p.id, p.centre_code, 'identified', c.started_at
FROM identifications i JOIN calls c ON c.id = i.call_id JOIN patients p ON p.hersys_id = i.hersys_id
WHERE i.outcome IN ('matched', 'ended')
ON CONFLICT (call_id, patient_id) DO NOTHING;
