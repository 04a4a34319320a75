-- EventBridge: connections, and the API destinations that are called with them.
CREATE TABLE events_connection (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    uuid TEXT NOT NULL,         -- ends its ARN
    secret_id TEXT NOT NULL,    -- ends the ARN of its secret
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    authorized INTEGER NOT NULL, -- when it was authorized last
    description TEXT,
    kms_key TEXT,
    authorization_type TEXT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT,
    secret BLOB,                -- sealed; NULL once it was taken away
    token BLOB,                 -- sealed: the OAuth token
    token_expires INTEGER,      -- when a new one is fetched; NULL for a token that is good until it is refused
    token_requested INTEGER,    -- since when one is being fetched
    version INTEGER NOT NULL,   -- counts the changes of the secret
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE events_api_destination (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    uuid TEXT NOT NULL,         -- ends its ARN
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    description TEXT,
    connection TEXT,            -- ARN; NULL once the connection was deleted
    endpoint TEXT NOT NULL,
    method TEXT NOT NULL,
    per_second INTEGER NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_api_destination_connection ON events_api_destination (account, region, connection);
