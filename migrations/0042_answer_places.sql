-- The place of an answer in the order in which the answers of its report were committed, so that the later one applies
-- whatever the clocks showed. Null: of an earlier version, and before all that have one; the ids and turns order those.
ALTER TABLE answers ADD COLUMN place bigint;
