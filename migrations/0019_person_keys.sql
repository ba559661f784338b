-- Entries of the audit trail about a person are encrypted with a key of that person, so that the person can be erased
-- and the trail still verifies: the chain covers what is stored, and that can't be read without the key.

CREATE TABLE person_keys (
    id         text   NOT NULL PRIMARY KEY, -- a patient's; otherwise that of the first entry about the person
    about      text   NOT NULL,             -- patient; lookup: an ID that nobody had; search: the terms of one search
    hersys_id  text,                        -- the ID that was looked up
    key        text   NOT NULL,             -- 256 random bits in hexadecimal
    created_at bigint NOT NULL
);
CREATE INDEX person_keys_by_hersys_id ON person_keys (hersys_id) WHERE hersys_id IS NOT NULL;
CREATE INDEX person_keys_of_searches ON person_keys (id) WHERE about = 'search';
