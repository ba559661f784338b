-- Letters that tell the owner of a portal account that it was changed, until they are sent. The address is the one
-- before the change.
CREATE TABLE portal_letters (
    id             text   NOT NULL PRIMARY KEY,
    address        text   NOT NULL,
    folded_address text   NOT NULL, -- in lower case
    language       text   NOT NULL, -- of the account
    change         text   NOT NULL, -- address, password, passkey_added, passkey_removed, deleted
    created_at     bigint NOT NULL
);
CREATE INDEX portal_letters_by_address ON portal_letters (folded_address);
CREATE INDEX portal_letters_by_time ON portal_letters (created_at);
