-- Who entered an answer that wasn't given in a call: `account:ID` of the portal, or `staff:NAME`. Null: it was given in
-- the turn of a call, or that wasn't recorded.
ALTER TABLE answers ADD COLUMN entered_by text;
