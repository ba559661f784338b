-- Passkeys of the portal's accounts, and challenges that browsers are answering: one for each browser and purpose, each
-- good for one answer.

CREATE TABLE portal_passkeys (
    id            text   NOT NULL PRIMARY KEY,
    account_id    text   NOT NULL REFERENCES portal_accounts (id),
    credential_id text   NOT NULL, -- base64url
    name          text   NOT NULL, -- browser and system
    credential    text   NOT NULL, -- JSON: the public key and what the device told of itself
    sign_count    bigint NOT NULL, -- 0: the device doesn't count
    created_at    bigint NOT NULL,
    used_at       bigint           -- null: never
);
CREATE UNIQUE INDEX portal_passkeys_credential ON portal_passkeys (credential_id);
CREATE INDEX portal_passkeys_by_account ON portal_passkeys (account_id, created_at);

CREATE TABLE portal_passkey_challenges (
    browser_hash text   NOT NULL, -- SHA-256 of what only the browser knows
    purpose      text   NOT NULL, -- registration, log_in
    state        text   NOT NULL, -- JSON
    expires_at   bigint NOT NULL,
    PRIMARY KEY (browser_hash, purpose)
);
CREATE INDEX portal_passkey_challenges_by_time ON portal_passkey_challenges (expires_at);
