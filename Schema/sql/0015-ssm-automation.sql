-- Systems Manager documents. Those of AWS are in the binary and have no rows.
CREATE TABLE ssm_document (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,             -- Automation, Command …
    created INTEGER NOT NULL,
    default_version INTEGER NOT NULL,
    latest_version INTEGER NOT NULL,
    requires TEXT,                  -- JSON array
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE ssm_document_version (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    version_name TEXT,
    display_name TEXT,
    target_type TEXT,
    format TEXT NOT NULL,           -- JSON, YAML
    content TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (account, region, name, version),
    FOREIGN KEY (account, region, name) REFERENCES ssm_document (account, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE ssm_document_share (
    account TEXT NOT NULL,          -- the owner's
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    target TEXT NOT NULL,           -- an account, or all
    version TEXT NOT NULL,          -- $DEFAULT, $LATEST, $ALL
    PRIMARY KEY (account, region, name, target),
    FOREIGN KEY (account, region, name) REFERENCES ssm_document (account, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Automation executions, in the order in which they were started.
CREATE TABLE ssm_automation_execution (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,        -- 1 for the account's first
    status TEXT NOT NULL,           -- AutomationExecutionStatus
    document TEXT NOT NULL,
    parent TEXT,                    -- the execution that started it
    token TEXT,                     -- the client's
    started INTEGER NOT NULL,
    ended INTEGER,
    facts TEXT NOT NULL,            -- JSON: the request, the content of the document, who started it
    state TEXT NOT NULL,            -- JSON: where it is, variables, outputs
    PRIMARY KEY (account, region, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX ssm_automation_execution_number ON ssm_automation_execution (account, region, number);
CREATE INDEX ssm_automation_execution_parent ON ssm_automation_execution (account, region, parent);
CREATE INDEX ssm_automation_execution_ended ON ssm_automation_execution (account, region, ended);
CREATE INDEX ssm_automation_execution_token ON ssm_automation_execution (account, region, token);

CREATE TABLE ssm_automation_step (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    execution TEXT NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    started INTEGER,
    ended INTEGER,
    loop INTEGER,                   -- the number of the loop's step that it is in
    facts TEXT NOT NULL,            -- JSON: what it is, got and gave
    PRIMARY KEY (account, region, execution, number),
    FOREIGN KEY (account, region, execution)
        REFERENCES ssm_automation_execution (account, region, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX ssm_automation_step_name ON ssm_automation_step (account, region, execution, name, number);
