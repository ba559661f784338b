-- The health survey that each patient is asked once in the portal. What is null was left out.
CREATE TABLE surveys (
    patient_id    text   NOT NULL PRIMARY KEY REFERENCES patients (id),
    height_tenths bigint,          -- of a centimetre
    weight_tenths bigint,          -- of a kilogram
    illnesses     text,            -- codes with blanks between; empty: none of those offered
    besides       text,            -- other illnesses and medicines, in the person's own words
    risks         text,            -- as illnesses
    account_id    text   NOT NULL, -- which account answered
    answered_at   bigint NOT NULL
);
