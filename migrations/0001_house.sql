-- One dialect for SQLite and PostgreSQL: text, bigint and boolean columns alone; times are UTC epoch milliseconds;
-- civil dates are YYYY-MM-DD; ids are UUIDv7 as text.

CREATE TABLE centres (
    code        text   NOT NULL PRIMARY KEY,
    name        text   NOT NULL,
    phone       text   NOT NULL,
    time_zone   text   NOT NULL,
    settings    text   NOT NULL, -- JSON: thresholds, office hours
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL
);

CREATE TABLE patients (
    id               text    NOT NULL PRIMARY KEY,
    centre_code      text    NOT NULL REFERENCES centres (code),
    hersys_id        text    NOT NULL UNIQUE,
    birth_date       text    NOT NULL,
    family_name      text    NOT NULL,
    given_name       text    NOT NULL,
    phone_number     text,
    automated_call   boolean NOT NULL,
    call_times       text    NOT NULL, -- HH:MM;HH:MM in the centre's time zone; empty: the centre's pattern
    language         text    NOT NULL,
    diagnosis_date   text,
    monitoring_start text,
    stopped_at       bigint,
    released_at      bigint,
    created_at       bigint  NOT NULL,
    updated_at       bigint  NOT NULL
);
CREATE INDEX patients_by_centre ON patients (centre_code);
CREATE INDEX patients_by_phone_number ON patients (phone_number);
-- A2: two patients under observation can't share a number for automated calls.
CREATE UNIQUE INDEX patients_one_automated_call_number ON patients (phone_number)
    WHERE automated_call AND released_at IS NULL;

-- The documents that calls began with: a session is pinned to its set, across upgrades.
CREATE TABLE flow_sets (
    digest    text   NOT NULL PRIMARY KEY,
    files     text   NOT NULL, -- JSON: path -> content
    loaded_at bigint NOT NULL
);

CREATE TABLE calls (
    id           text   NOT NULL PRIMARY KEY,
    line         text   NOT NULL,
    flow_set     text   NOT NULL REFERENCES flow_sets (digest),
    started_at   bigint NOT NULL,
    ended_at     bigint,
    disposition  text
);
CREATE INDEX calls_by_start ON calls (started_at);
CREATE INDEX calls_open ON calls (started_at) WHERE ended_at IS NULL;

CREATE TABLE legs (
    id             text   NOT NULL PRIMARY KEY,
    call_id        text   NOT NULL REFERENCES calls (id),
    direction      text   NOT NULL, -- inbound, outbound
    carrier        text   NOT NULL,
    carrier_leg_id text   NOT NULL,
    far_number     text,            -- hidden caller numbers are null
    near_number    text,
    started_at     bigint NOT NULL,
    ended_at       bigint,
    hangup_cause   text,
    UNIQUE (carrier, carrier_leg_id)
);
CREATE INDEX legs_by_call ON legs (call_id);

CREATE TABLE sessions (
    call_id    text   NOT NULL PRIMARY KEY REFERENCES calls (id),
    revision   bigint NOT NULL,
    turn       bigint NOT NULL,  -- the turn whose reply waits for the caller
    session    text   NOT NULL,
    updated_at bigint NOT NULL
);

-- Append-only: what happened in each turn and what was replied.
CREATE TABLE turns (
    call_id text   NOT NULL REFERENCES calls (id),
    turn    bigint NOT NULL,
    at      bigint NOT NULL,
    event   text   NOT NULL,
    reply   text   NOT NULL,
    PRIMARY KEY (call_id, turn)
);

-- Append-only: what the carrier told of a leg, each status once.
CREATE TABLE leg_statuses (
    leg_id text   NOT NULL REFERENCES legs (id),
    status text   NOT NULL,
    at     bigint NOT NULL,
    PRIMARY KEY (leg_id, status)
);

CREATE TABLE reports (
    id          text   NOT NULL PRIMARY KEY,
    patient_id  text   NOT NULL REFERENCES patients (id),
    centre_code text   NOT NULL REFERENCES centres (code),
    report_date text   NOT NULL,
    channel     text   NOT NULL,
    outcome     text   NOT NULL,
    started_at  bigint NOT NULL,
    ended_at    bigint
);
CREATE INDEX reports_by_patient ON reports (patient_id, report_date);
-- The order of the export, so that it can be read page by page.
CREATE INDEX reports_by_date ON reports (report_date, started_at, id);
-- One open report a person and day: a second call joins it instead of making another.
CREATE UNIQUE INDEX reports_one_open ON reports (patient_id, report_date) WHERE outcome = 'unanswered';

-- Append-only: a correction is a later row; the latest row of an item stands.
CREATE TABLE answers (
    id        text   NOT NULL,
    report_id text   NOT NULL REFERENCES reports (id),
    call_id   text   REFERENCES calls (id),
    turn      bigint,
    item      text   NOT NULL,
    entry     text   NOT NULL,
    severity  text   NOT NULL,
    at        bigint NOT NULL,
    PRIMARY KEY (report_id, id) -- one index for both uses: a turn appends to this table most of all
);

CREATE TABLE alerts (
    id          text   NOT NULL PRIMARY KEY,
    kind        text   NOT NULL, -- red_answer, call_back, stop_request, guessing
    centre_code text   REFERENCES centres (code),
    patient_id  text   REFERENCES patients (id),
    report_id   text   REFERENCES reports (id),
    call_id     text   REFERENCES calls (id),
    item        text,
    raised_at   bigint NOT NULL,
    closed_at   bigint,
    closed_by   text
);
CREATE INDEX alerts_open ON alerts (centre_code, raised_at) WHERE closed_at IS NULL;

-- Each identification on the phone: what guessing limits count.
CREATE TABLE identifications (
    id        text   NOT NULL PRIMARY KEY,
    call_id   text   NOT NULL REFERENCES calls (id),
    hersys_id text   NOT NULL,
    caller    text,
    lane      text   NOT NULL, -- registered: the caller's number is the patient's; outsider
    outcome   text   NOT NULL, -- matched, ended, mismatch, locked
    at        bigint NOT NULL
);
CREATE INDEX identifications_by_call ON identifications (call_id);
CREATE INDEX identifications_by_id ON identifications (hersys_id, at);
CREATE INDEX identifications_by_caller ON identifications (caller, at) WHERE outcome = 'mismatch';
CREATE INDEX identifications_failed ON identifications (at, lane) WHERE outcome = 'mismatch';

CREATE TABLE maintenances (
    id        text   NOT NULL PRIMARY KEY,
    starts_at bigint NOT NULL,
    until     bigint,
    closed_at bigint
);

-- Errands: done after the commit that asked for them, and again until they succeed.
CREATE TABLE outbox (
    id       text   NOT NULL PRIMARY KEY,
    errand   text   NOT NULL, -- JSON
    due_at   bigint NOT NULL,
    attempts bigint NOT NULL,
    done_at  bigint
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL;

CREATE TABLE audit (
    id          text   NOT NULL PRIMARY KEY,
    at          bigint NOT NULL,
    actor       text   NOT NULL,
    source      text   NOT NULL, -- from where: command, api, console
    action      text   NOT NULL,
    subject     text   NOT NULL, -- patient:UUID, centre:CODE
    centre_code text,
    details     text   NOT NULL  -- JSON: field -> [before, after]
);
CREATE INDEX audit_by_subject ON audit (subject, at);
