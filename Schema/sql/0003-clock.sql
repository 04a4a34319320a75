-- A clock that was moved, so that it goes on after a restart; no row while it follows the system's.
CREATE TABLE clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    real INTEGER NOT NULL,      -- milliseconds of the system's clock at which it showed `shown`
    shown INTEGER NOT NULL,     -- milliseconds
    factor REAL NOT NULL        -- how many times as fast as the system's; 0 is frozen
) STRICT;
