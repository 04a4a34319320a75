-- AWS Config: what is current of each resource has a table of its own, whose rows advanced queries read as they are. A change
-- takes the row into the past and rewrites it, and touches no index but those of the times.
CREATE TABLE config_current_item (
    resource INTEGER PRIMARY KEY,   -- for as long as there are items of it
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    type TEXT NOT NULL,             -- AWS::SQS::Queue
    id TEXT NOT NULL,
    state_id INTEGER NOT NULL,      -- the capture time in milliseconds, or a little more where two items share one
    captured INTEGER NOT NULL,
    status TEXT NOT NULL,           -- OK, ResourceDiscovered, ResourceNotRecorded, ResourceDeleted, ResourceDeletedNotRecorded
    name TEXT,
    arn TEXT,
    created INTEGER,
    delivered INTEGER,              -- of a resource that is recorded once a day
    is_imported INTEGER NOT NULL,   -- whether it came from a file
    document TEXT NOT NULL,         -- JSON: what advanced queries see of the item; a third party's configuration they do not
    UNIQUE (account, region, type, id)
) STRICT;

CREATE INDEX config_current_item_arn ON config_current_item (account, region, arn);
CREATE INDEX config_current_item_captured ON config_current_item (captured);

-- The rows are in the order of their coming, so that many changes write few pages.
CREATE TABLE config_past_item (
    resource INTEGER NOT NULL,
    state_id INTEGER NOT NULL,
    captured INTEGER NOT NULL,
    status TEXT NOT NULL,
    name TEXT,
    arn TEXT,
    created INTEGER,
    delivered INTEGER,
    is_imported INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (resource, state_id)
) STRICT;

CREATE INDEX config_past_item_captured ON config_past_item (captured);

CREATE TEMP TABLE config_spelled_item AS
SELECT account, region, type, id, state_id, captured, is_current, status, name, arn,
    CAST(round(1000 * (document ->> '$.created')) AS INTEGER) AS created,
    CAST(round(1000 * (document ->> '$.delivered')) AS INTEGER) AS delivered,
    coalesce(document ->> '$.isImported', 0) AS is_imported,
    -- Members without a value are left out, as the server does it.
    json_remove(
        json_object(
            'relationships', json((
                SELECT json_group_array(json(json_patch('{}', json_object(
                    'resourceId', value ->> '$.id', 'resourceName', value ->> '$.name', 'resourceType', value ->> '$.type',
                    'relationshipName', value ->> '$.relation'))))
                FROM json_each(document, '$.relationships'))),
            'configuration', document -> '$.configuration',
            'supplementaryConfiguration', document -> '$.supplementaryConfiguration',
            'tags', json((
                SELECT json_group_array(json_object('key', key, 'value', value, 'tag', key || '=' || value))
                FROM json_each(document, '$.tags'))),
            'version', '1.3',
            'configurationItemCaptureTime',
                strftime('%Y-%m-%dT%H:%M:%S', captured / 1000, 'unixepoch') || printf('.%03dZ', captured % 1000),
            'configurationStateId', CAST(state_id AS TEXT), 'accountId', account, 'configurationItemStatus', status,
            'resourceType', type, 'resourceId', id, 'resourceName', name, 'arn', arn,
            'awsRegion', CASE WHEN type LIKE 'AWS::IAM::%' THEN 'global' ELSE region END,
            'availabilityZone', document ->> '$.availabilityZone',
            'resourceCreationTime', strftime('%Y-%m-%dT%H:%M:%fZ', document ->> '$.created', 'unixepoch')),
        iif(name IS NULL, '$.resourceName', '$.-'), iif(arn IS NULL, '$.arn', '$.-'),
        iif(document ->> '$.availabilityZone' IS NULL, '$.availabilityZone', '$.-'),
        iif(document ->> '$.created' IS NULL, '$.resourceCreationTime', '$.-')) AS document
FROM config_item;

INSERT INTO config_current_item
    (account, region, type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document)
SELECT account, region, type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document
FROM config_spelled_item WHERE is_current ORDER BY account, region, type, id;

INSERT INTO config_past_item
SELECT c.resource, p.state_id, p.captured, p.status, p.name, p.arn, p.created, p.delivered, p.is_imported, p.document
FROM config_spelled_item p JOIN config_current_item c USING (account, region, type, id)
WHERE NOT p.is_current ORDER BY p.captured;

DROP TABLE config_spelled_item;
DROP VIEW config_known_result;
DROP TABLE config_item;
DROP TABLE config_queried_item;

-- Every item of every resource, the current one of a deleted one too.
CREATE VIEW config_item AS
SELECT c.account, c.region, c.type, c.id, p.state_id, p.captured, p.status, p.name, p.arn, p.created, p.delivered,
    p.is_imported, p.document
FROM config_past_item p JOIN config_current_item c ON c.resource = p.resource
UNION ALL
SELECT account, region, type, id, state_id, captured, status, name, arn, created, delivered, is_imported, document
FROM config_current_item;

-- What rules say of a resource is read together whenever it changes.
ALTER TABLE config_result RENAME TO config_result_by_rule;

CREATE TABLE config_result (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    type TEXT NOT NULL,             -- AWS::SQS::Queue
    id TEXT NOT NULL,
    rule TEXT NOT NULL,
    compliance TEXT NOT NULL,       -- COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE
    annotation TEXT,
    ordering INTEGER NOT NULL,      -- the time of what was judged
    invoked INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    follows_item INTEGER NOT NULL,  -- whether the three times are those of the resource's current item
    PRIMARY KEY (account, region, type, id, rule)
) STRICT, WITHOUT ROWID;

INSERT INTO config_result
SELECT account, region, type, id, rule, compliance, annotation, ordering, invoked, recorded, follows_item
FROM config_result_by_rule;

DROP TABLE config_result_by_rule;
CREATE INDEX config_result_rule ON config_result (account, region, rule, type, id);

-- Results with their times.
CREATE VIEW config_known_result AS
SELECT r.account, r.region, r.rule, r.type, r.id, r.compliance, r.annotation,
    coalesce(i.captured, r.ordering) AS ordering, coalesce(i.captured, r.invoked) AS invoked,
    coalesce(i.captured, r.recorded) AS recorded, r.follows_item
FROM config_result r LEFT JOIN config_current_item i
    ON r.follows_item AND i.account = r.account AND i.region = r.region AND i.type = r.type AND i.id = r.id;
