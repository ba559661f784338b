-- Each leg names the node that has it. The legs of some carriers can be reached only from that node, so a job that
-- concerns such a leg is left to the node while it is alive.

ALTER TABLE legs ADD COLUMN node text;   -- null: of an earlier version, or found in the carrier's list
ALTER TABLE outbox ADD COLUMN node text; -- only this node runs the job while it is alive; null: each node may

CREATE TABLE nodes (
    id      text   NOT NULL PRIMARY KEY,
    seen_at bigint NOT NULL -- when it last showed that it is alive
);
