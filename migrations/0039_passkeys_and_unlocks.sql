-- Passkeys as the second factor, and codes by which a lost second factor is replaced.

CREATE TABLE staff_passkeys (
    id            text   NOT NULL PRIMARY KEY,
    account_id    text   NOT NULL REFERENCES staff_accounts (id),
    credential_id text   NOT NULL, -- base64url
    name          text   NOT NULL, -- as its owner calls it
    credential    text   NOT NULL, -- JSON: the public key and what the device told of itself
    sign_count    bigint NOT NULL, -- 0: the device doesn't count
    created_at    bigint NOT NULL,
    used_at       bigint           -- null: never
);
CREATE UNIQUE INDEX staff_passkeys_credential ON staff_passkeys (credential_id);
CREATE INDEX staff_passkeys_by_account ON staff_passkeys (account_id, created_at);

-- Challenges that a browser is answering: one for each log-in and purpose, each good for one answer.
CREATE TABLE passkey_ceremonies (
    session_id text   NOT NULL, -- of web_sessions
    purpose    text   NOT NULL, -- registration, log_in
    state      text   NOT NULL, -- JSON
    expires_at bigint NOT NULL,
    PRIMARY KEY (session_id, purpose)
);
CREATE INDEX passkey_ceremonies_by_time ON passkey_ceremonies (expires_at);

-- The code that lets the holder of an account, who knows the password, set up a new second factor.
CREATE TABLE staff_unlocks (
    account_id  text   NOT NULL PRIMARY KEY REFERENCES staff_accounts (id),
    code_hash   text   NOT NULL, -- SHA-256 of the account's id and the code
    issued_at   bigint NOT NULL,
    expires_at  bigint NOT NULL,
    session_id  text,            -- the log-in in which the code was entered
    totp_secret text             -- of the new authenticator, encrypted with the account's key in person_keys
);
