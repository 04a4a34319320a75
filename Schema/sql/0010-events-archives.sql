-- EventBridge: archives and replays, partner event sources, global endpoints.
CREATE TABLE events_archive (
    number INTEGER PRIMARY KEY AUTOINCREMENT,   -- never given twice: a replay must not read a namesake of its archive
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    bus TEXT NOT NULL,
    description TEXT,
    pattern TEXT,
    retention_days INTEGER NOT NULL,            -- 0 is for ever
    kms_key TEXT,
    state TEXT NOT NULL,
    state_reason TEXT,
    created INTEGER NOT NULL,
    UNIQUE (account, region, name)
) STRICT;

CREATE TABLE events_archived (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    archive INTEGER NOT NULL,
    time INTEGER NOT NULL,      -- the event's own
    ingested INTEGER NOT NULL,  -- when it came, from which retention counts
    size INTEGER NOT NULL,
    event TEXT NOT NULL         -- JSON
) STRICT;

CREATE INDEX events_archived_time ON events_archived (account, region, archive, time, number);
CREATE INDEX events_archived_ingested ON events_archived (account, region, archive, ingested, size);

CREATE TABLE events_replay (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    archive INTEGER NOT NULL,
    archive_name TEXT NOT NULL,
    bus TEXT NOT NULL,
    filters TEXT NOT NULL,      -- JSON: the ARNs of rules
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT,
    started INTEGER NOT NULL,
    ended INTEGER,
    cursor_time INTEGER,        -- the event that was looked at last
    cursor_number INTEGER,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

-- A partner's event source as the customer's account has it.
CREATE TABLE events_source (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    partner TEXT NOT NULL,      -- the partner's account
    created INTEGER NOT NULL,
    expires INTEGER,
    state TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_source_partner ON events_source (partner, region, name, account);

CREATE TABLE events_endpoint (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    settings TEXT NOT NULL,     -- JSON: members of CreateEndpoint
    state TEXT NOT NULL,
    state_reason TEXT,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX events_endpoint_id ON events_endpoint (account, id);
