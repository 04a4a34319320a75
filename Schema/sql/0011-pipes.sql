-- The kernel's: jobs that are due as soon as a signal is given.
CREATE TABLE job_signal (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (account, region, kind, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_signal_key ON job_signal (key);

-- EventBridge Pipes.
CREATE TABLE pipes_pipe (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    desired TEXT NOT NULL,      -- RUNNING, STOPPED, DELETED
    current TEXT NOT NULL,      -- RUNNING, STOPPED, CREATING, …
    reason TEXT,                -- why it is in this state
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    settings TEXT NOT NULL,     -- JSON: members of DescribePipe
    progress TEXT NOT NULL,     -- JSON: how its polling goes
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

-- What was received while a batching window is open.
CREATE TABLE pipes_record (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    pipe TEXT NOT NULL,
    message_id TEXT NOT NULL,
    received INTEGER NOT NULL,  -- its place in the batch
    record TEXT NOT NULL,       -- JSON
    PRIMARY KEY (account, region, pipe, message_id)
) STRICT, WITHOUT ROWID;
