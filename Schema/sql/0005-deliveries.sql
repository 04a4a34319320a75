-- Deliveries, of every service that delivers.

-- What was published; kept once, however many are to have it.
CREATE TABLE publication (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    origin TEXT NOT NULL,       -- the ARN of the topic or bus
    message_id TEXT NOT NULL,
    time INTEGER NOT NULL,
    content TEXT NOT NULL       -- JSON, as the service that owns the origin writes it
) STRICT;

CREATE INDEX publication_message ON publication (message_id);

CREATE TABLE delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    service TEXT NOT NULL,      -- whose delivery it is
    publication INTEGER NOT NULL REFERENCES publication (number) ON DELETE CASCADE,
    origin TEXT NOT NULL,       -- the ARN of the topic or bus
    source TEXT NOT NULL,       -- the ARN of the subscription or rule
    destination TEXT NOT NULL,  -- an ARN or a URL
    host TEXT,                  -- of a URL
    detail TEXT NOT NULL,       -- JSON: what the service needs to make the same item again
    policy TEXT NOT NULL,       -- JSON: when to try again
    dead_letter_queue TEXT,     -- ARN
    state TEXT NOT NULL,        -- pending, inFlight, delivered, deadLettered, dropped
    attempts INTEGER NOT NULL,
    next INTEGER,               -- when the next attempt is due
    created INTEGER NOT NULL,
    finished INTEGER,
    cause INTEGER,              -- the journal row of the call
    log TEXT NOT NULL           -- JSON: the latest attempts
) STRICT;

CREATE INDEX delivery_publication ON delivery (publication);
CREATE INDEX delivery_open ON delivery (state, host, next) WHERE finished IS NULL;
CREATE INDEX delivery_origin ON delivery (origin, number);
CREATE INDEX delivery_destination ON delivery (destination, number);

-- How many attempts a source was allowed in the current second.
CREATE TABLE delivery_rate (
    source TEXT PRIMARY KEY,
    second INTEGER NOT NULL,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
