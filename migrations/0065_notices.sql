-- Notices to patients (M13, M14): the daily one, and the invitation to the portal.

CREATE TABLE notices (
    id          text   NOT NULL PRIMARY KEY,
    patient_id  text   NOT NULL REFERENCES patients (id),
    centre_code text   NOT NULL REFERENCES centres (code), -- the one that sends it
    kind        text   NOT NULL, -- daily, invitation
    notice_day  text   NOT NULL, -- at the health centre
    channel     text,            -- sms, email. Null: it waits
    state       text   NOT NULL, -- waiting, intended, sent, delivered, bounced, refused, unknown, not_sent
    reason      text,            -- why it wasn't sent
    due_at      bigint NOT NULL,
    intended_at bigint,          -- when it was handed over, or was about to be
    moved_at    bigint NOT NULL,
    link_id     text   REFERENCES report_links (id),
    stop_hash   text,            -- of an e-mail: SHA-256 of the token by which it can be unsubscribed from
    asked_by    text             -- who sent an invitation again. Null: the program
);
-- M13: one a day, whatever restarts.
CREATE UNIQUE INDEX notices_one_a_day ON notices (patient_id, notice_day) WHERE kind = 'daily';
CREATE INDEX notices_waiting ON notices (due_at, id) WHERE state = 'waiting';
CREATE INDEX notices_under_way ON notices (intended_at) WHERE state = 'intended';
CREATE INDEX notices_by_intent ON notices (intended_at) WHERE intended_at IS NOT NULL;
CREATE UNIQUE INDEX notices_by_stop ON notices (stop_hash) WHERE stop_hash IS NOT NULL;
CREATE INDEX notices_by_patient ON notices (patient_id, notice_day);
CREATE INDEX notices_by_centre ON notices (centre_code, notice_day, state);

-- How far a health centre's daily notices of a day are planned.
CREATE TABLE notice_days (
    centre_code text   NOT NULL REFERENCES centres (code),
    notice_day  text   NOT NULL,
    after_id    text   NOT NULL, -- the last patient looked at. Empty: none
    planned     bigint NOT NULL, -- how many
    done_at     bigint,
    PRIMARY KEY (centre_code, notice_day)
);

-- Numbers and addresses that don't take messages. They aren't used while they are the patient's.
CREATE TABLE dead_addresses (
    patient_id text   NOT NULL REFERENCES patients (id),
    channel    text   NOT NULL,
    address    text   NOT NULL,
    notice_id  text   NOT NULL, -- the notice that showed it
    found_at   bigint NOT NULL,
    PRIMARY KEY (patient_id, channel)
);

-- Who asked that notices stop (M13), and what the health centre decided. The last request of each person.
CREATE TABLE notice_stops (
    patient_id   text   NOT NULL PRIMARY KEY REFERENCES patients (id),
    state        text   NOT NULL, -- requested, stopped, declined
    asked_in     text   NOT NULL, -- portal, sms, email
    requested_at bigint NOT NULL,
    decided_at   bigint
);

-- Who gets a health centre's notices, without looking at everybody who ever was its patient.
CREATE INDEX patients_notified ON patients (centre_code, id) WHERE released_at IS NULL AND stopped_at IS NULL;
