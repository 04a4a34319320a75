-- A rule that says of an item what it said of the one before writes nothing: the times of such a result are the item's.
ALTER TABLE config_result ADD COLUMN follows_item INTEGER NOT NULL DEFAULT 0;

-- Results with their times.
CREATE VIEW config_known_result AS
SELECT r.account, r.region, r.rule, r.type, r.id, r.compliance, r.annotation,
    coalesce(i.captured, r.ordering) AS ordering, coalesce(i.captured, r.invoked) AS invoked,
    coalesce(i.captured, r.recorded) AS recorded, r.follows_item
FROM config_result r LEFT JOIN config_item i INDEXED BY config_item_current
    ON r.follows_item AND i.account = r.account AND i.region = r.region AND i.type = r.type AND i.id = r.id
    AND i.is_current = 1;
