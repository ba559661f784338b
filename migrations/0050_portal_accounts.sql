-- Accounts of the portal: of patients and their families. No password and no token is stored, only hashes of them.

CREATE TABLE portal_accounts (
    id             text   NOT NULL PRIMARY KEY,
    address        text   NOT NULL, -- the e-mail address as typed
    folded_address text   NOT NULL, -- in lower case
    language       text   NOT NULL, -- of the pages when it was made
    password_hash  text,            -- argon2id with its parameters and salt; null: a code by e-mail at each log-in
    created_at     bigint NOT NULL,
    updated_at     bigint NOT NULL
);
CREATE UNIQUE INDEX portal_accounts_folded_address ON portal_accounts (folded_address);

-- Codes by e-mail. Each belongs to the browser that asked for it.
CREATE TABLE portal_codes (
    id             text    NOT NULL PRIMARY KEY,
    browser_hash   text    NOT NULL, -- SHA-256 of the cookie of the browser that asked
    purpose        text    NOT NULL, -- sign_up, log_in, change_address
    stay           text    NOT NULL, -- this_visit, until_release
    account_id     text,             -- change_address: whose
    address        text    NOT NULL,
    folded_address text    NOT NULL,
    language       text    NOT NULL,
    sender         text    NOT NULL, -- the client's address, hashed
    code           text,             -- until the e-mail was handed over
    code_hash      text    NOT NULL, -- SHA-256 of the browser's token and the code
    tries          bigint  NOT NULL DEFAULT 0,
    created_at     bigint  NOT NULL,
    expires_at     bigint  NOT NULL,
    used_at        bigint
);
CREATE INDEX portal_codes_by_browser ON portal_codes (browser_hash, created_at);
CREATE INDEX portal_codes_by_address ON portal_codes (folded_address, created_at);
CREATE INDEX portal_codes_by_sender ON portal_codes (sender, created_at);
CREATE INDEX portal_codes_by_time ON portal_codes (created_at);

-- How many codes were asked for in an hour, so that they needn't be counted at each one.
CREATE TABLE portal_code_hours (
    hour  bigint NOT NULL PRIMARY KEY, -- since 1970
    codes bigint NOT NULL
);

CREATE TABLE portal_sessions (
    id         text   NOT NULL PRIMARY KEY,
    token_hash text   NOT NULL, -- SHA-256 of the cookie's token
    account_id text   NOT NULL REFERENCES portal_accounts (id),
    stay       text   NOT NULL, -- this_visit, until_release
    device     text   NOT NULL, -- browser and system
    patient_id text,            -- the person whom the pages show
    created_at bigint NOT NULL,
    seen_at    bigint NOT NULL,
    ended_at   bigint           -- by somebody; null: it ends by itself
);
CREATE UNIQUE INDEX portal_sessions_token_hash ON portal_sessions (token_hash);
CREATE INDEX portal_sessions_by_account ON portal_sessions (account_id, created_at);

-- The people of an account. A patient belongs to one account at most.
CREATE TABLE portal_people (
    patient_id  text   NOT NULL PRIMARY KEY REFERENCES patients (id),
    account_id  text   NOT NULL REFERENCES portal_accounts (id),
    family_name text   NOT NULL, -- as entered; never changed
    given_name  text   NOT NULL,
    label       text,            -- 2回目
    added_at    bigint NOT NULL
);
CREATE INDEX portal_people_by_account ON portal_people (account_id, added_at);
