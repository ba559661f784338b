-- Filters of the list of patients that staff have named, and the columns that each of them has chosen. What is searched
-- for is never part of a filter: it names people.

CREATE TABLE saved_filters (
    id          text   NOT NULL PRIMARY KEY,
    centre_code text   NOT NULL REFERENCES centres (code),
    account_id  text   NOT NULL REFERENCES staff_accounts (id), -- who saved it
    sharing     text   NOT NULL, -- own, shared
    name        text   NOT NULL,
    status      text   NOT NULL,
    language    text,            -- null: any
    severity    text,            -- null: any
    today       text   NOT NULL, -- any, missing
    changed_at  bigint NOT NULL
);
CREATE INDEX saved_filters_by_centre ON saved_filters (centre_code, sharing);
CREATE INDEX saved_filters_by_account ON saved_filters (account_id);

CREATE TABLE list_columns (
    account_id text   NOT NULL PRIMARY KEY REFERENCES staff_accounts (id),
    columns    text   NOT NULL, -- codes with commas between them, in the order of the list
    changed_at bigint NOT NULL
);

-- Who has the same name and birth date is found at once, also for each row of a list.
DROP INDEX patients_by_birth_date;
CREATE INDEX patients_by_birth_date ON patients (birth_date, folded_name);
