-- Whether the data are of real patients or made up by a simulation. One row, written in the transaction that makes the
-- tables, or that adds this one to older tables.

CREATE TABLE data_origin (
    id     bigint NOT NULL PRIMARY KEY, -- 1
    origin text   NOT NULL              -- real, simulated
);
