-- The number of a document's version that was deleted is not given again.
ALTER TABLE ssm_document ADD COLUMN last_version INTEGER NOT NULL DEFAULT 0;
UPDATE ssm_document SET last_version = latest_version;
