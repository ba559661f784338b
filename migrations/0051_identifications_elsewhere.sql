-- Identifications outside calls: in the portal. They share the limits against guessing with the phone lines.

CREATE TABLE all_identifications (
    id        text   NOT NULL PRIMARY KEY,
    call_id   text   REFERENCES calls (id), -- null: in the portal
    client    text,                         -- in the portal: the account and the client's address, hashed
    hersys_id text   NOT NULL,
    caller    text,
    lane      text   NOT NULL, -- registered: the caller's number is the patient's; outsider; hidden
    outcome   text   NOT NULL, -- matched, ended, mismatch, locked
    at        bigint NOT NULL
);
INSERT INTO all_identifications (id, call_id, hersys_id, caller, lane, outcome, at)
    SELECT id, call_id, hersys_id, caller, lane, outcome, at FROM identifications;
DROP TABLE identifications;
ALTER TABLE all_identifications RENAME TO identifications;
CREATE INDEX identifications_by_call ON identifications (call_id);
CREATE INDEX identifications_by_id ON identifications (hersys_id, at);
CREATE INDEX identifications_by_caller ON identifications (caller, at) WHERE outcome = 'mismatch';
CREATE INDEX identifications_by_client ON identifications (client, at) WHERE outcome = 'mismatch';
CREATE INDEX identifications_failed ON identifications (at, lane) WHERE outcome = 'mismatch';
