-- AWS Config's rules, and what they say of resources.
CREATE TABLE config_rule (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,               -- config-rule-abc123
    state TEXT NOT NULL,            -- ACTIVE, EVALUATING, DELETING, DELETING_RESULTS
    settings TEXT NOT NULL,         -- JSON: members of DescribeConfigRules, but for the state
    policy TEXT,                    -- the text of a custom policy
    status TEXT NOT NULL,           -- JSON: members of DescribeConfigRuleEvaluationStatus
    evaluated INTEGER,              -- when StartConfigRulesEvaluation was last called for it
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE config_result (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    rule TEXT NOT NULL,
    type TEXT NOT NULL,             -- AWS::SQS::Queue
    id TEXT NOT NULL,
    compliance TEXT NOT NULL,       -- COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE
    annotation TEXT,
    ordering INTEGER NOT NULL,      -- the time of what was judged
    invoked INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    PRIMARY KEY (account, region, rule, type, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX config_result_resource ON config_result (account, region, type, id, rule);

-- Judgements of resources that are yet to be made.
CREATE TABLE config_proactive (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    id TEXT NOT NULL,
    started INTEGER NOT NULL,
    token TEXT,                     -- the client's
    request TEXT NOT NULL,          -- JSON: StartResourceEvaluation's input
    summary TEXT NOT NULL,          -- JSON: members of GetResourceEvaluationSummary
    results TEXT NOT NULL,          -- JSON: a list of EvaluationResult
    PRIMARY KEY (account, region, id)
) STRICT, WITHOUT ROWID;

-- What is done about resources that are not compliant.
CREATE TABLE config_remediation (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    rule TEXT NOT NULL,
    settings TEXT NOT NULL,         -- JSON: members of DescribeRemediationConfigurations
    PRIMARY KEY (account, region, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE config_remediation_exception (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    rule TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    message TEXT,
    expires INTEGER,
    PRIMARY KEY (account, region, rule, type, id)
) STRICT, WITHOUT ROWID;

-- The latest execution for each resource.
CREATE TABLE config_remediation_run (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    rule TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    execution TEXT,                 -- of Systems Manager Automation; none where it could not be started
    error TEXT,
    invoked INTEGER NOT NULL,
    attempts INTEGER NOT NULL,      -- automatic ones in a row
    first INTEGER NOT NULL,         -- when the first of them was
    PRIMARY KEY (account, region, rule, type, id)
) STRICT, WITHOUT ROWID;
