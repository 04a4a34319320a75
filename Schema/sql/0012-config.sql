-- AWS Config: the recorder, where it delivers, and the configuration items that it has written.
CREATE TABLE config_recorder (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,               -- the end of its ARN
    service_principal TEXT,         -- of a service-linked recorder
    recording INTEGER NOT NULL,
    started INTEGER,
    stopped INTEGER,
    status TEXT,                    -- PENDING, SUCCESS, FAILURE
    status_changed INTEGER,
    settings TEXT NOT NULL,         -- JSON: roleARN, recordingGroup, recordingMode, recordingScope of DescribeConfigurationRecorders
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE config_channel (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,         -- JSON: members of DescribeDeliveryChannels
    status TEXT NOT NULL,           -- JSON: members of DescribeDeliveryChannelStatus
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE config_retention (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    days INTEGER NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

-- Every configuration item of every resource. The current one of a resource is marked, that of a deleted one too.
CREATE TABLE config_item (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    type TEXT NOT NULL,             -- AWS::SQS::Queue
    id TEXT NOT NULL,
    state_id INTEGER NOT NULL,      -- the capture time in milliseconds, or a little more where two items share one
    captured INTEGER NOT NULL,
    is_current INTEGER NOT NULL,
    status TEXT NOT NULL,           -- OK, ResourceDiscovered, ResourceNotRecorded, ResourceDeleted, ResourceDeletedNotRecorded
    name TEXT,
    arn TEXT,
    document TEXT NOT NULL,         -- JSON: see ConfigurationDocument
    PRIMARY KEY (account, region, type, id, state_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX config_item_current ON config_item (account, region, type, id) WHERE is_current = 1;
CREATE INDEX config_item_arn ON config_item (account, region, arn) WHERE is_current = 1;
CREATE INDEX config_item_captured ON config_item (account, region, captured);

-- What goes to the buckets of delivery channels, as long as there is no S3.
CREATE TABLE config_object (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    written INTEGER NOT NULL,
    body TEXT NOT NULL,             -- JSON; AWS packs it with gzip
    PRIMARY KEY (account, region, bucket, key)
) STRICT, WITHOUT ROWID;

-- What the configurations of third parties' resources must be like.
CREATE TABLE config_schema (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    type TEXT NOT NULL,
    schema TEXT NOT NULL,           -- JSON Schema, as CloudFormation's registry has it
    PRIMARY KEY (account, region, type)
) STRICT, WITHOUT ROWID;
