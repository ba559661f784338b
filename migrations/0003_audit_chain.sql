-- The audit trail as one chain of hashes (I5), and what shows that a database has lost its last entries.

-- Given after the commit by the sealer; never changed afterwards. store/guards.rs puts triggers beside it, which the
-- two databases write differently.
ALTER TABLE audit ADD COLUMN seq bigint; -- 1, 2, 3 … without a gap
ALTER TABLE audit ADD COLUMN hash text;  -- SHA-256 in hex over the one before, the number and every column
CREATE UNIQUE INDEX audit_by_seq ON audit (seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_unsealed ON audit (at, id) WHERE seq IS NULL;

-- One row: where the chain ends. Written first by each sealer, so that nodes seal one after the other.
CREATE TABLE audit_chain (
    id   bigint NOT NULL PRIMARY KEY,
    seq  bigint NOT NULL, -- 0: nothing is sealed yet
    hash text   NOT NULL
);
INSERT INTO audit_chain (id, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- Signs that last entries are lost: nobody dials while one of them is open.
CREATE TABLE losses (
    id            text   NOT NULL PRIMARY KEY,
    sign          text   NOT NULL, -- checkpoint_ahead, checkpoint_differs, unknown_call
    evidence      text   NOT NULL, -- the entry's number and hash, or the call's id: the same never counts twice
    found_at      bigint NOT NULL,
    reconciled_at bigint,          -- the carrier's list was gone through
    closed_at     bigint,          -- a person let dialling go on
    UNIQUE (sign, evidence)
);
CREATE INDEX losses_open ON losses (found_at) WHERE closed_at IS NULL;
