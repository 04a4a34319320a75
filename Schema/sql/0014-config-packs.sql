-- AWS Config: queries that are kept, conformance packs, aggregators, and what an organization has its accounts keep.
CREATE TABLE config_query (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,               -- query-abc123
    expression TEXT,
    description TEXT,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE config_pack (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,               -- conformance-pack-abc123def
    state TEXT NOT NULL,            -- CREATE_IN_PROGRESS, CREATE_COMPLETE, CREATE_FAILED, DELETE_IN_PROGRESS
    reason TEXT,                    -- why it failed
    stack TEXT NOT NULL,            -- the end of the ARN of its stack
    requested INTEGER NOT NULL,
    completed INTEGER,
    settings TEXT NOT NULL,         -- JSON: members of DescribeConformancePacks that were given
    wanted TEXT NOT NULL,           -- JSON: see PackResources: what the template asks for
    rules TEXT NOT NULL,            -- JSON: the names of the rules that are there, in the template's order
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX config_pack_id ON config_pack (account, region, id);

CREATE TABLE config_aggregator (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,               -- config-aggregator-abc12345
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    settings TEXT NOT NULL,         -- JSON: members of DescribeConfigurationAggregators that were given
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

-- Who may aggregate what an account has in a Region.
CREATE TABLE config_authorization (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    authorized_account TEXT NOT NULL,
    authorized_region TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (account, region, authorized_account, authorized_region)
) STRICT, WITHOUT ROWID;

-- Requests of aggregators that an account does not want to see any more.
CREATE TABLE config_declined_request (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    requester_account TEXT NOT NULL,
    requester_region TEXT NOT NULL,
    PRIMARY KEY (account, region, requester_account, requester_region)
) STRICT, WITHOUT ROWID;

-- Rules and packs of an organization.
CREATE TABLE config_organization_resource (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,             -- rule, pack
    name TEXT NOT NULL,
    id TEXT NOT NULL,               -- the end of its ARN
    status TEXT NOT NULL,           -- CREATE_SUCCESSFUL, UPDATE_IN_PROGRESS, DELETE_FAILED, …
    updated INTEGER NOT NULL,
    settings TEXT NOT NULL,         -- JSON: the input of the operation that put it
    PRIMARY KEY (account, region, kind, name)
) STRICT, WITHOUT ROWID;

-- What became of them in each account.
CREATE TABLE config_organization_member (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    member TEXT NOT NULL,           -- an account
    status TEXT NOT NULL,
    error_code TEXT,
    error_message TEXT,
    updated INTEGER NOT NULL,
    PRIMARY KEY (account, region, kind, name, member)
) STRICT, WITHOUT ROWID;

-- What advanced queries see of the resources that are there.
CREATE TABLE config_queried_item (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    document TEXT NOT NULL,     -- JSON: see ItemRelation
    PRIMARY KEY (account, region, type, id)
) STRICT, WITHOUT ROWID;
