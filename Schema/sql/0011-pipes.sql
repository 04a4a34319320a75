-- The kernel's: jobs that are due as soon as a signal is given.
CREATE TABLE job_signal (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (account, region, kind, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_signal_key ON job_signal (key);
