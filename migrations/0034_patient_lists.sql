-- Patient lists that staff upload: shown as a dry run, then imported. Everything about people in them is encrypted with
-- the upload's own key, and erased when it is imported or discarded, or a day after the upload.

CREATE TABLE list_uploads (
    id            text   NOT NULL PRIMARY KEY,
    centre_code   text   NOT NULL REFERENCES centres (code),
    account_id    text   NOT NULL REFERENCES staff_accounts (id), -- who uploaded it, or decided to import it
    state         text   NOT NULL, -- receiving, waiting, refused, read, importing, imported, discarded, expired
    content_key   text,            -- null: the content is erased
    details       text,            -- the file's name, and what was found in the file; encrypted JSON
    plan          text   NOT NULL DEFAULT '', -- SHA-256 of what the import would do, as the dry run shows it
    bytes         bigint NOT NULL DEFAULT 0,
    new_rows      bigint NOT NULL DEFAULT 0,
    changed_rows  bigint NOT NULL DEFAULT 0,
    same_rows     bigint NOT NULL DEFAULT 0,
    refused_rows  bigint NOT NULL DEFAULT 0,
    done_steps    bigint NOT NULL DEFAULT 0, -- how far the work has come
    all_steps     bigint NOT NULL DEFAULT 0,
    uploaded_at   bigint NOT NULL,
    changed_at    bigint NOT NULL, -- when the state changed
    claimed_by    text,            -- the worker; null: nobody works on it
    claimed_until bigint
);
CREATE INDEX list_uploads_by_centre ON list_uploads (centre_code, uploaded_at);
CREATE INDEX list_uploads_by_state ON list_uploads (state, uploaded_at);

-- The file, in parts, and the rows of the dry run by their fate, a page in each.
CREATE TABLE list_upload_parts (
    upload_id text   NOT NULL REFERENCES list_uploads (id),
    kind      text   NOT NULL, -- file, new, changed, same, refused
    nth       bigint NOT NULL,
    content   text   NOT NULL, -- encrypted with the upload's key
    PRIMARY KEY (upload_id, kind, nth)
);

-- Changes of many patients at once: of whom, how far they have come, and what to undo.
CREATE TABLE bulk_changes (
    id          text   NOT NULL PRIMARY KEY,
    centre_code text   NOT NULL REFERENCES centres (code),
    account_id  text   NOT NULL REFERENCES staff_accounts (id), -- who decided last
    kind        text   NOT NULL, -- call_times, language, stop
    value       text   NOT NULL,
    state       text   NOT NULL, -- previewed, applying, applied, undoing, undone
    created_at  bigint NOT NULL,
    changed_at  bigint NOT NULL -- when the state changed
);
CREATE INDEX bulk_changes_by_state ON bulk_changes (state);
CREATE TABLE bulk_rows (
    bulk_id    text   NOT NULL REFERENCES bulk_changes (id),
    patient_id text   NOT NULL,
    outcome    text   NOT NULL, -- waits, changed, same, refused, undone, kept
    before     text   NOT NULL DEFAULT '', -- the value before
    revision   bigint NOT NULL DEFAULT 0,  -- of the patient after the change: undone only if nothing has changed since
    PRIMARY KEY (bulk_id, patient_id)
);
CREATE INDEX bulk_rows_by_outcome ON bulk_rows (bulk_id, outcome, patient_id);
CREATE INDEX bulk_rows_by_patient ON bulk_rows (patient_id);
