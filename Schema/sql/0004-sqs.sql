-- SQS. Messages hang on the queue's number and not on its name, so that a purge only has to give the queue another one.
CREATE TABLE sqs_queue (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL UNIQUE,
    is_fifo INTEGER NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    purged INTEGER,             -- when it was purged last
    delay_seconds INTEGER NOT NULL,
    maximum_message_bytes INTEGER NOT NULL,
    retention_seconds INTEGER NOT NULL,
    wait_seconds INTEGER NOT NULL,
    visibility_seconds INTEGER NOT NULL,
    policy TEXT,                -- JSON
    redrive_policy TEXT,        -- JSON, as it was given
    dead_letter_queue TEXT,     -- the ARN in the redrive policy
    maximum_receives INTEGER,   -- the count in the redrive policy
    redrive_allow_policy TEXT,  -- JSON, as it was given
    kms_key TEXT,
    kms_reuse_seconds INTEGER,
    managed_encryption INTEGER NOT NULL,
    content_based_deduplication INTEGER NOT NULL,
    deduplication_scope TEXT NOT NULL,
    throughput_limit TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX sqs_queue_dead_letter ON sqs_queue (dead_letter_queue) WHERE dead_letter_queue IS NOT NULL;

-- When queues were deleted, for servers that hold their names back for a minute.
CREATE TABLE sqs_deleted_queue (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT, WITHOUT ROWID;

-- The last number that a queue was given.
CREATE TABLE sqs_number (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL
) STRICT;

INSERT INTO sqs_number (id, last) VALUES (1, 0);

CREATE TABLE sqs_message (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    queue INTEGER NOT NULL,     -- sqs_queue.number
    visible INTEGER NOT NULL,   -- from when on it can be received
    sent INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT,            -- JSON as SendMessage takes it
    system_attributes TEXT,     -- JSON: AWSTraceHeader, DeadLetterQueueSourceArn
    sender TEXT NOT NULL,
    message_group TEXT,
    deduplication_id TEXT,
    receives INTEGER NOT NULL,
    first_received INTEGER,
    receipt INTEGER             -- of the latest receive from this queue
) STRICT;

CREATE INDEX sqs_message_visible ON sqs_message (queue, visible, sent);
CREATE INDEX sqs_message_group ON sqs_message (queue, message_group, sequence) WHERE message_group IS NOT NULL;

-- The message groups of FIFO queues that hold messages: the oldest message decides when the group can be received from.
CREATE TABLE sqs_group (
    queue INTEGER NOT NULL,
    message_group TEXT NOT NULL,
    head INTEGER NOT NULL,      -- sqs_message.sequence
    visible INTEGER NOT NULL,
    PRIMARY KEY (queue, message_group)
) STRICT, WITHOUT ROWID;

CREATE INDEX sqs_group_visible ON sqs_group (queue, visible, head);

-- What FIFO queues have accepted in the last five minutes.
CREATE TABLE sqs_deduplication (
    queue INTEGER NOT NULL,
    deduplication_id TEXT NOT NULL,
    message_group TEXT NOT NULL, -- empty where the whole queue is the scope
    message_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (queue, deduplication_id, message_group)
) STRICT, WITHOUT ROWID;

CREATE INDEX sqs_deduplication_expires ON sqs_deduplication (queue, expires);

-- What a receive with a ReceiveRequestAttemptId gave, so that its repetition gives the same.
CREATE TABLE sqs_receive_attempt (
    queue INTEGER NOT NULL,
    attempt_id TEXT NOT NULL,
    expires INTEGER NOT NULL,
    messages TEXT NOT NULL,     -- JSON: pairs of sequence and receipt
    PRIMARY KEY (queue, attempt_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sqs_move_task (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    source TEXT NOT NULL,       -- ARN
    task_id TEXT NOT NULL,
    destination TEXT,           -- ARN; NULL sends each message back to where it came from
    per_second INTEGER,
    status TEXT NOT NULL,
    started INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    to_move INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL, -- messages that came after the start stay
    failure TEXT,
    PRIMARY KEY (account, region, source, task_id)
) STRICT, WITHOUT ROWID;
