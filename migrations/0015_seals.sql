-- Answers, reports and alerts are sealed: the trail has a hash over the salt and the content of each row, so that a change
-- behind the program is found, and so that a row can be erased later without breaking the trail.

-- Drawn for each row, and erased with it; without it the hash tells nothing of what was erased. Null in rows of older
-- versions until they are sealed as they were found.
ALTER TABLE answers ADD COLUMN salt text;
ALTER TABLE reports ADD COLUMN salt text;
ALTER TABLE alerts ADD COLUMN salt text;

-- One row: when the rows of older versions had all been sealed.
CREATE TABLE sealing (
    id       bigint NOT NULL PRIMARY KEY, -- 1
    found_at bigint
);
INSERT INTO sealing (id) VALUES (1);
