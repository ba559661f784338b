-- Automated calls (自動架電): when a patient is called next, the slots of a day, and the attempts made for each.

-- The patient's next slot; none when there is none. It costs the dialer what is due, not who is registered.
ALTER TABLE patients ADD COLUMN next_slot_at bigint;
-- Key 8: no calls until the health centre has decided.
ALTER TABLE patients ADD COLUMN stop_requested_at bigint;
-- The number at which somebody else answers: not called while it is the registered one.
ALTER TABLE patients ADD COLUMN wrong_number text;
CREATE INDEX patients_next_slot ON patients (next_slot_at) WHERE next_slot_at IS NOT NULL;

CREATE TABLE slots (
    id          text   NOT NULL PRIMARY KEY,
    patient_id  text   NOT NULL REFERENCES patients (id),
    centre_code text   NOT NULL REFERENCES centres (code),
    slot_date   text   NOT NULL, -- the civil day and time at the health centre
    slot_time   text   NOT NULL, -- HH:MM; HH:MM:SS for a call that staff asked for
    origin      text   NOT NULL, -- schedule, staff
    opened_at   bigint NOT NULL,
    due_at      bigint NOT NULL, -- the next attempt not before
    window_end  bigint NOT NULL, -- no attempt from here on
    state       text   NOT NULL, -- waiting, calling, reported, unanswered, cancelled, missed
    reason      text,
    attempts    bigint NOT NULL, -- made, whatever came of them
    tries       bigint NOT NULL, -- those that count: a phone may have rung
    ended_at    bigint,
    UNIQUE (patient_id, slot_date, slot_time)
);
CREATE INDEX slots_due ON slots (due_at) WHERE state = 'waiting';
-- The state is in it so that SQLite counts what is due from the index alone.
CREATE INDEX slots_due_by_centre ON slots (centre_code, due_at, state) WHERE state = 'waiting';
CREATE INDEX slots_window ON slots (window_end) WHERE state = 'waiting';
CREATE INDEX slots_by_date ON slots (slot_date, centre_code);

-- An attempt is the outbound side of a call and has the call's id, which stands in the carrier's URLs.
CREATE TABLE attempts (
    call_id      text   NOT NULL PRIMARY KEY REFERENCES calls (id),
    slot_id      text   NOT NULL REFERENCES slots (id),
    patient_id   text   NOT NULL REFERENCES patients (id),
    centre_code  text   NOT NULL REFERENCES centres (code),
    number       bigint NOT NULL, -- 1, 2, 3 of its slot
    phone_number text   NOT NULL,
    carrier      text   NOT NULL,
    state        text   NOT NULL, -- intended, placed, answered, unknown, ended
    intended_at  bigint NOT NULL,
    moved_at     bigint NOT NULL, -- when the state last changed
    withdrawal   text,            -- why it isn't wanted any more
    outcome      text,
    ended_at     bigint,
    -- for an unknown one: what looking at the carrier's list gave so far
    looks_clear  bigint NOT NULL, -- nothing was found
    looks_vain   bigint NOT NULL, -- in a row: no answer, or a list that lags
    clear_at     bigint,          -- the last look that found nothing
    looked_at    bigint,          -- the last look
    asked_at     bigint,          -- when staff were asked
    look_at      bigint,          -- the next look; for a placed call, when the carrier is asked about it
    UNIQUE (slot_id, number)
);
-- I2: no new attempt before the last one is over.
CREATE UNIQUE INDEX attempts_one_open ON attempts (slot_id) WHERE ended_at IS NULL;
-- The last two so that SQLite counts the calls under way from the index alone.
CREATE INDEX attempts_open ON attempts (state, moved_at, centre_code, ended_at) WHERE ended_at IS NULL;
CREATE INDEX attempts_by_patient ON attempts (patient_id, intended_at);
CREATE INDEX attempts_by_time ON attempts (intended_at, centre_code);

-- One row: what all nodes that dial agree on.
CREATE TABLE dialer (
    id            bigint NOT NULL PRIMARY KEY,
    turns         bigint NOT NULL, -- written first in each claim, so that nodes claim one after the other
    paused_reason text,
    paused_until  bigint
);
INSERT INTO dialer (id, turns) VALUES (1, 0);

CREATE INDEX legs_outbound ON legs (carrier, started_at) WHERE direction = 'outbound';

-- A report ends the alerts that its lack raised.
CREATE INDEX alerts_open_of_patient ON alerts (patient_id, kind) WHERE closed_at IS NULL;
