-- Reports in the portal: by an account, or by a personal link without one.

-- The channel that finished a report which another one had begun. Null: the channel that began it.
ALTER TABLE reports ADD COLUMN completed_in text;

-- A link by SMS that opens one day's form together with the birth date. Only the hash of its token is stored, from the
-- moment in which the message is sent.
CREATE TABLE report_links (
    id          text   NOT NULL PRIMARY KEY,
    patient_id  text   NOT NULL REFERENCES patients (id),
    report_date text   NOT NULL, -- the day, at the health centre
    token_hash  text,
    made_by     text   NOT NULL,
    made_at     bigint NOT NULL,
    outcome     text,            -- sent, refused, unknown. Null: it waits, or wasn't sent
    sent_at     bigint,
    opened_at   bigint,          -- when the right birth date came first
    wrong       bigint NOT NULL DEFAULT 0 -- wrong birth dates
);
CREATE UNIQUE INDEX report_links_by_token ON report_links (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX report_links_by_patient ON report_links (patient_id, made_at);

-- What one browser, or one account, has filled in of one report.
CREATE TABLE report_forms (
    id           text   NOT NULL PRIMARY KEY,
    patient_id   text   NOT NULL REFERENCES patients (id),
    link_id      text   REFERENCES report_links (id),
    browser_hash text,           -- of a link: the browser that opened it
    account_id   text,           -- of an account
    report_date  text   NOT NULL,
    entries      text   NOT NULL, -- JSON: the fields and what was typed
    report_id    text,           -- null until something was stored
    begun_at     bigint NOT NULL,
    saved_at     bigint NOT NULL,
    finished_at  bigint
);
CREATE INDEX report_forms_by_browser ON report_forms (browser_hash) WHERE browser_hash IS NOT NULL;
CREATE INDEX report_forms_by_account ON report_forms (account_id, patient_id) WHERE account_id IS NOT NULL;
CREATE INDEX report_forms_by_patient ON report_forms (patient_id);
CREATE INDEX report_forms_by_saved ON report_forms (saved_at);

-- What patients wrote besides, in their own words. Never changed.
CREATE TABLE report_texts (
    id         text   NOT NULL PRIMARY KEY,
    report_id  text   NOT NULL REFERENCES reports (id),
    patient_id text   NOT NULL REFERENCES patients (id),
    entered_by text   NOT NULL, -- as answers.entered_by
    words      text   NOT NULL,
    at         bigint NOT NULL
);
CREATE INDEX report_texts_by_report ON report_texts (report_id);
CREATE INDEX report_texts_by_patient ON report_texts (patient_id, at);
