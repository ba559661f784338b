-- The question after which a report stopped that counts as reported: the caller left after the advice on a red answer. Null
-- if every question was asked, and in reports of earlier versions.
ALTER TABLE reports ADD COLUMN stopped_after text;
