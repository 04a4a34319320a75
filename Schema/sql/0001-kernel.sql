-- The kernel's own tables. Times are milliseconds since 1970-01-01T00:00:00Z.

-- What happened, in order: every change, event and warning, and the request that caused it.
CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    request TEXT NOT NULL,
    cause INTEGER,              -- the row that led to this one
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    service TEXT NOT NULL,
    kind TEXT NOT NULL,         -- created, changed, deleted, event, notEnforced, …
    subject TEXT NOT NULL,      -- an ARN where there is one
    principal TEXT NOT NULL,
    detail TEXT NOT NULL        -- JSON
) STRICT;

-- Work that is due at a time, one row for each kind and subject.
CREATE TABLE job (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    due INTEGER NOT NULL,
    detail TEXT NOT NULL,       -- JSON
    PRIMARY KEY (account, region, kind, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_due ON job (due);

-- Tags of every service's resources.
CREATE TABLE tag (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    resource TEXT NOT NULL,     -- ARN
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, region, resource, key)
) STRICT, WITHOUT ROWID;

-- Temporary credentials that were issued, by the access key id that requests carry.
CREATE TABLE session (
    access_key_id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    arn TEXT NOT NULL,
    user_id TEXT NOT NULL,
    expires INTEGER NOT NULL,
    source TEXT NOT NULL        -- JSON: how the session came to be
) STRICT, WITHOUT ROWID;

-- Secrets of this store, such as the key that seals pagination tokens.
CREATE TABLE store_secret (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
