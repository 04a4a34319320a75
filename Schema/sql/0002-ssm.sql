-- Parameter Store. A name is kept without its leading slash, since `db` and `/db` are one parameter.
CREATE TABLE ssm_parameter (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    spelling TEXT NOT NULL,     -- the name as it was created
    latest INTEGER NOT NULL,    -- the latest version
    tier TEXT NOT NULL,
    type TEXT NOT NULL,
    key_id TEXT,
    data_type TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE ssm_parameter_version (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    value BLOB NOT NULL,        -- UTF-8 text, sealed with AES-256-GCM for a SecureString
    key_id TEXT,
    description TEXT,
    allowed_pattern TEXT,
    tier TEXT NOT NULL,
    policies TEXT,              -- JSON array
    data_type TEXT NOT NULL,
    modified INTEGER NOT NULL,
    modified_by TEXT NOT NULL,
    PRIMARY KEY (account, region, name, version),
    FOREIGN KEY (account, region, name) REFERENCES ssm_parameter (account, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE ssm_parameter_label (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, region, name, label),
    FOREIGN KEY (account, region, name) REFERENCES ssm_parameter (account, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The keys that seal SecureString values.
CREATE TABLE ssm_key (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    key_id TEXT NOT NULL,
    material BLOB NOT NULL,
    PRIMARY KEY (account, region, key_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ssm_service_setting (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    setting TEXT NOT NULL,
    value TEXT NOT NULL,
    modified INTEGER NOT NULL,
    modified_by TEXT NOT NULL,
    PRIMARY KEY (account, region, setting)
) STRICT, WITHOUT ROWID;

CREATE TABLE ssm_resource_policy (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    resource TEXT NOT NULL,     -- ARN
    policy_id TEXT NOT NULL,
    policy_hash TEXT NOT NULL,
    policy TEXT NOT NULL,
    PRIMARY KEY (account, region, resource, policy_id)
) STRICT, WITHOUT ROWID;
