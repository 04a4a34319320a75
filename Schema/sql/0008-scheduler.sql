-- EventBridge Scheduler. The group `default` is there without a row.
CREATE TABLE scheduler_group (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,        -- ACTIVE, DELETING
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE scheduler_schedule (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    group_name TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,        -- ENABLED, DISABLED
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    anchor INTEGER NOT NULL,    -- when it was enabled with its expression; rates count from here
    invoked INTEGER,            -- the latest of its times that led to an invocation
    settings TEXT NOT NULL,     -- JSON: members of GetSchedule
    PRIMARY KEY (account, region, group_name, name)
) STRICT, WITHOUT ROWID;

-- Client tokens, so that a repeated request does nothing anew.
CREATE TABLE scheduler_token (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    token TEXT NOT NULL,
    operation TEXT NOT NULL,
    request TEXT NOT NULL,      -- JSON, without the token
    answer TEXT NOT NULL,       -- JSON
    expires INTEGER NOT NULL,
    PRIMARY KEY (account, region, token, operation)
) STRICT, WITHOUT ROWID;

CREATE INDEX scheduler_token_expires ON scheduler_token (expires);
