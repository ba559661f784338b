-- Wrong codes that were entered in the portal, kept for a day: a patient guesser with ever new codes reaches a limit.
CREATE TABLE portal_wrong_codes (
    id           text   NOT NULL PRIMARY KEY,
    address_hash text   NOT NULL, -- of the address to which the code was sent, whether or not it has an account
    at           bigint NOT NULL
);
CREATE INDEX portal_wrong_codes_by_address ON portal_wrong_codes (address_hash, at);
CREATE INDEX portal_wrong_codes_by_time ON portal_wrong_codes (at);
