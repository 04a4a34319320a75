-- EventBridge. The default bus has a row once something about it was changed.
CREATE TABLE events_bus (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    settings TEXT NOT NULL,     -- JSON: Description, KmsKeyIdentifier, DeadLetterConfig, LogConfig, EventSourceName
    policy TEXT,                -- JSON
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE events_rule (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    bus TEXT NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    since INTEGER NOT NULL,     -- the last journal row before it became what it is
    anchor INTEGER NOT NULL,    -- what the periods of a rate are counted from
    pattern TEXT,
    schedule TEXT,
    state TEXT NOT NULL,
    description TEXT,
    role TEXT,
    managed_by TEXT,
    PRIMARY KEY (account, region, bus, name)
) STRICT, WITHOUT ROWID;

-- What rules were before, for explanations of events of that time.
CREATE TABLE events_rule_version (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    bus TEXT NOT NULL,
    name TEXT NOT NULL,
    until INTEGER NOT NULL,     -- the last journal row before it became something else
    since INTEGER NOT NULL,
    pattern TEXT,
    schedule TEXT,
    state TEXT NOT NULL,
    PRIMARY KEY (account, region, bus, name, until)
) STRICT, WITHOUT ROWID;

CREATE TABLE events_target (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    bus TEXT NOT NULL,
    rule TEXT NOT NULL,
    id TEXT NOT NULL,
    arn TEXT NOT NULL,
    target TEXT NOT NULL,       -- JSON as PutTargets got it
    UNIQUE (account, region, bus, rule, id)
) STRICT;

CREATE INDEX events_target_arn ON events_target (account, region, bus, arn, rule);

-- What was written to log groups, until CloudWatch Logs keeps it.
CREATE TABLE events_log (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    log_group TEXT NOT NULL,
    time INTEGER NOT NULL,
    message TEXT NOT NULL
) STRICT;

CREATE INDEX events_log_group ON events_log (account, region, log_group, number);
