-- Accounts of staff for the console, their log-ins, and why they closed an alert. No password, token or code is stored:
-- only hashes of them.

CREATE TABLE staff_accounts (
    id            text   NOT NULL PRIMARY KEY,
    log_in_name   text   NOT NULL, -- the e-mail address as typed
    folded_name   text   NOT NULL, -- in lower case
    name          text   NOT NULL, -- for the audit trail
    role          text   NOT NULL,
    centre_code   text   REFERENCES centres (code), -- null: of no health centre
    state         text   NOT NULL, -- invited, active, deactivated
    password_hash text,            -- argon2id with its parameters and salt
    totp_secret   text,            -- of the authenticator, encrypted with the account's key in person_keys
    totp_step     bigint NOT NULL DEFAULT 0, -- the last step of 30 s whose code was used: each works once
    created_at    bigint NOT NULL,
    updated_at    bigint NOT NULL
);
CREATE UNIQUE INDEX staff_accounts_folded_name ON staff_accounts (folded_name);

CREATE TABLE staff_invitations (
    token_hash text   NOT NULL PRIMARY KEY, -- SHA-256 of the link's token
    account_id text   NOT NULL REFERENCES staff_accounts (id),
    expires_at bigint NOT NULL
);
CREATE INDEX staff_invitations_by_account ON staff_invitations (account_id);

-- The codes for a lost authenticator.
CREATE TABLE recovery_codes (
    account_id text   NOT NULL REFERENCES staff_accounts (id),
    code_hash  text   NOT NULL, -- SHA-256 of the account's id and the code
    used_at    bigint,
    PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE web_sessions (
    id          text   NOT NULL PRIMARY KEY,
    token_hash  text   NOT NULL, -- SHA-256 of the cookie's token
    account_id  text   NOT NULL REFERENCES staff_accounts (id),
    stage       text   NOT NULL, -- password_given, logged_in
    device      text   NOT NULL, -- browser and system
    device_hash text,            -- SHA-256 of the cookie by which the browser is known again; null: not logged in yet
    created_at  bigint NOT NULL,
    seen_at     bigint NOT NULL,
    ended_at    bigint           -- by somebody; null: it ends by itself
);
CREATE UNIQUE INDEX web_sessions_token_hash ON web_sessions (token_hash);
CREATE INDEX web_sessions_by_account ON web_sessions (account_id, created_at);

-- What was typed into a form whose log-in had ended meanwhile.
CREATE TABLE form_drafts (
    account_id text   NOT NULL REFERENCES staff_accounts (id),
    form       text   NOT NULL, -- the form's path
    fields     text   NOT NULL, -- JSON
    saved_at   bigint NOT NULL,
    PRIMARY KEY (account_id, form)
);

-- Tries to log in that failed, and those whose outcome isn't known yet.
CREATE TABLE log_in_failures (
    id         text   NOT NULL PRIMARY KEY,
    name_hash  text   NOT NULL, -- SHA-256 of the log-in name, which needn't be one of an account
    client     text   NOT NULL, -- a known browser or an address, hashed
    factor     text   NOT NULL, -- password, second
    at         bigint NOT NULL
);
CREATE INDEX log_in_failures_by_name ON log_in_failures (name_hash, at);
CREATE INDEX log_in_failures_by_client ON log_in_failures (client, at);
CREATE INDEX log_in_failures_by_time ON log_in_failures (at);

-- Why staff closed an alert; null: not recorded, or the matter was settled by itself.
ALTER TABLE alerts ADD COLUMN closing_reason text;
ALTER TABLE alerts ADD COLUMN closing_note text;
