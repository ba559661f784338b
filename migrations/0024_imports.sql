-- A patient list is written in many short transactions, so that callers never wait for it, and takes effect in one. Until
-- then its new patients are hidden, and its changes and their entries of the audit trail are held back.

ALTER TABLE patients ADD COLUMN import bigint NOT NULL DEFAULT 0; -- the import that added the patient; 0: none
DROP INDEX patients_next_slot;
-- The import is in it so that the dialer skips hidden patients in the index alone.
CREATE INDEX patients_next_slot ON patients (next_slot_at, import) WHERE next_slot_at IS NOT NULL;

DROP INDEX patients_by_centre;
-- With the id, so that a large centre's patients are read in parts.
CREATE INDEX patients_by_centre ON patients (centre_code, id);

-- One row: lists are imported one after the other.
CREATE TABLE imports (
    id            bigint  NOT NULL PRIMARY KEY, -- 1
    number        bigint  NOT NULL, -- of this import or the last one
    state         text    NOT NULL, -- idle, staged, decided, undone
    hidden        bigint  NOT NULL, -- the import whose patients nobody sees; -1: none
    overtaken     boolean NOT NULL, -- staff changed a patient whose change is held back
    centre_code   text,
    actor         text,
    source        text,
    claimed_by    text,             -- who writes it
    claimed_until bigint            -- and until when nobody else may
);
INSERT INTO imports (id, number, state, hidden, overtaken) VALUES (1, 0, 'idle', -1, false);

-- What a list changes in the records of registered patients. Once the import is decided, each row is applied and deleted.
CREATE TABLE held_changes (
    patient_id       text    NOT NULL PRIMARY KEY REFERENCES patients (id),
    birth_date       text    NOT NULL,
    family_name      text    NOT NULL,
    given_name       text    NOT NULL,
    phone_number     text,
    automated_call   boolean NOT NULL,
    call_times       text    NOT NULL,
    language         text    NOT NULL,
    diagnosis_date   text,
    monitoring_start text,
    fields           text    NOT NULL, -- the names of the changed columns, with commas
    entry            text    NOT NULL  -- of the audit trail, held back too
);
-- A2: numbers that are promised to the patients of a list.
CREATE INDEX held_changes_by_number ON held_changes (phone_number) WHERE automated_call;

-- The list's entries of the audit trail, encrypted as there. Once the import is decided, they are moved there.
CREATE TABLE held_audit (
    id          text   NOT NULL PRIMARY KEY,
    at          bigint NOT NULL,
    actor       text   NOT NULL,
    source      text   NOT NULL,
    action      text   NOT NULL,
    subject     text   NOT NULL,
    centre_code text,
    details     text   NOT NULL,
    added       text -- the patient whom the import added, if it did
);

-- A health centre whose settings have changed, while the next calls of its patients are being planned again, in short
-- transactions too.
CREATE TABLE replans (
    centre_code   text   NOT NULL PRIMARY KEY REFERENCES centres (code),
    changed_at    bigint NOT NULL,
    after         text   NOT NULL, -- the last patient that was planned, in the order of ids; empty: none yet
    claimed_by    text   NOT NULL,
    claimed_until bigint NOT NULL
);
