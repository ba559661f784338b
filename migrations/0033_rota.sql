-- Whom a health centre rings about red alerts that nobody has taken, and the calls to them.

CREATE TABLE rotas (
    centre_code text   NOT NULL PRIMARY KEY REFERENCES centres (code),
    rota        text   NOT NULL, -- JSON: people, shifts, waits, who is rung at last
    revision    bigint NOT NULL,
    updated_at  bigint NOT NULL
);

-- From the first call to staff until somebody takes the red alerts.
CREATE TABLE escalations (
    id          text   NOT NULL PRIMARY KEY,
    centre_code text   NOT NULL REFERENCES centres (code),
    began_at    bigint NOT NULL,
    ended_at    bigint,
    reason      text,   -- by_phone, by_staff; null while it lasts
    said_at     bigint  -- when it was last said that nobody could be reached
);
CREATE UNIQUE INDEX escalations_one_open ON escalations (centre_code) WHERE ended_at IS NULL;
CREATE INDEX escalations_by_centre ON escalations (centre_code, began_at);

-- Each row is the right to ring one person once. It is committed before the carrier is asked.
CREATE TABLE escalation_steps (
    call_id       text   NOT NULL PRIMARY KEY REFERENCES calls (id),
    escalation_id text   NOT NULL REFERENCES escalations (id),
    number        bigint NOT NULL, -- from 1
    round         bigint NOT NULL, -- how often the list had been begun
    role          text   NOT NULL, -- on_duty, fallback
    contact_id    text   NOT NULL, -- on the rota at that time
    name          text   NOT NULL,
    phone_number  text   NOT NULL,
    language      text   NOT NULL,
    email         text,
    state         text   NOT NULL, -- intended, placed, answered, ended
    intended_at   bigint NOT NULL,
    moved_at      bigint NOT NULL,
    outcome       text,
    ended_at      bigint,
    sms           text,            -- sent, refused, unknown; null: none was sent yet
    mail          text,            -- likewise
    UNIQUE (escalation_id, number),
    UNIQUE (escalation_id, round, contact_id)
);
-- One call rings at a time.
CREATE UNIQUE INDEX escalation_steps_one_open ON escalation_steps (escalation_id) WHERE ended_at IS NULL;

-- The call to staff in which the line was taken, until it is opened in the console; null: taken elsewhere, or opened.
ALTER TABLE alert_claims ADD COLUMN call_id text;
