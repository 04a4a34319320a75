-- SNS.
CREATE TABLE sns_topic (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    is_fifo INTEGER NOT NULL,
    created INTEGER NOT NULL,
    attributes TEXT NOT NULL,   -- JSON: those that were given
    policy TEXT,                -- JSON; NULL is AWS's default
    data_protection TEXT,       -- JSON
    sequence INTEGER NOT NULL,  -- of a FIFO topic's latest message
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

-- Account and Region are the topic's; the owner is who subscribed.
CREATE TABLE sns_subscription (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    topic TEXT NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    principal TEXT NOT NULL,    -- the ARN of who subscribed
    protocol TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    state TEXT NOT NULL,        -- pending, confirmed, deleted
    is_authenticated INTEGER NOT NULL, -- whether only its owner may end it
    created INTEGER NOT NULL,
    attributes TEXT NOT NULL,   -- JSON: those that were given
    PRIMARY KEY (account, region, topic, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sns_subscription_endpoint ON sns_subscription (account, region, topic, protocol, endpoint, owner);
CREATE INDEX sns_subscription_owner ON sns_subscription (owner, region, account, topic, id);

-- What subscriptions were before they changed, so that an explanation can say what held when a message was published.
CREATE TABLE sns_subscription_version (
    subscription TEXT NOT NULL, -- ARN
    until INTEGER NOT NULL,
    state TEXT NOT NULL,
    attributes TEXT NOT NULL,   -- JSON
    PRIMARY KEY (subscription, until)
) STRICT, WITHOUT ROWID;

-- Tokens that confirm a subscription or bring one back.
CREATE TABLE sns_token (
    token TEXT PRIMARY KEY,
    subscription TEXT NOT NULL, -- ARN
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sns_token_subscription ON sns_token (subscription);

-- What FIFO topics have accepted in the last five minutes.
CREATE TABLE sns_deduplication (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    topic TEXT NOT NULL,
    deduplication_id TEXT NOT NULL,
    message_group TEXT NOT NULL, -- empty where the whole topic is the scope
    message_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (account, region, topic, deduplication_id, message_group)
) STRICT, WITHOUT ROWID;

CREATE INDEX sns_deduplication_expires ON sns_deduplication (expires);

-- The messages of FIFO topics that have an archive policy.
CREATE TABLE sns_archive (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    topic TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    time INTEGER NOT NULL,
    content TEXT NOT NULL,      -- JSON
    PRIMARY KEY (account, region, topic, sequence)
) STRICT, WITHOUT ROWID;

-- Messages to people and their devices.
CREATE TABLE sns_outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,         -- email, sms, push
    recipient TEXT NOT NULL,    -- an address, a phone number, the ARN of a platform endpoint
    time INTEGER NOT NULL,
    message TEXT NOT NULL       -- JSON
) STRICT;

CREATE INDEX sns_outbox_kind ON sns_outbox (account, region, kind, number);

CREATE TABLE sns_sms_attribute (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE sns_phone_number (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    number TEXT NOT NULL,
    is_opted_out INTEGER NOT NULL,
    sandbox_status TEXT,        -- Pending, Verified; NULL where the number is not in the sandbox
    sandbox_code TEXT,
    PRIMARY KEY (account, region, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE sns_platform_application (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    platform TEXT NOT NULL,
    name TEXT NOT NULL,
    attributes TEXT NOT NULL,   -- JSON, without credentials
    PRIMARY KEY (account, region, platform, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE sns_platform_endpoint (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    platform TEXT NOT NULL,
    application TEXT NOT NULL,
    id TEXT NOT NULL,
    token TEXT NOT NULL,
    attributes TEXT NOT NULL,   -- JSON
    PRIMARY KEY (account, region, platform, application, id),
    FOREIGN KEY (account, region, platform, application)
        REFERENCES sns_platform_application (account, region, platform, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sns_platform_endpoint_token ON sns_platform_endpoint (account, region, platform, application, token);
