-- The number of the import that carried out an uploaded list, by which the patients whom it added are found. 0: none, or
-- from before.
ALTER TABLE list_uploads ADD COLUMN import bigint NOT NULL DEFAULT 0;
