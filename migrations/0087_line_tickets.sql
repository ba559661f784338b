-- The key of the tickets by which people find their places in the portal's lines again after a restart. Nodes share it.
CREATE TABLE line_ticket_keys (
    id         bigint NOT NULL PRIMARY KEY, -- 1
    key        text   NOT NULL,             -- 256 random bits
    created_at bigint NOT NULL
);
