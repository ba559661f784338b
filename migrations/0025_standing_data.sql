-- Counts the changes of health centres and maintenance periods, so that a process knows when its copy is old.
CREATE TABLE standing_data (
    id bigint PRIMARY KEY CHECK (id = 1),
    version bigint NOT NULL
);
INSERT INTO standing_data (id, version) VALUES (1, 1);
