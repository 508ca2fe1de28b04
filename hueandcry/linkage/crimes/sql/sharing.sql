-- name: shared
-- Values that two of these reports hold at least, the rarest and weightiest first: whose, in how many of these and of
-- all that the viewer sees (no more than %(cap)s are looked at for one value).
WITH held AS MATERIALIZED (
    SELECT o.observable, count(DISTINCT o.report_id) AS here,
        array_agg(DISTINCT o.report_id ORDER BY o.report_id) AS reports,
        coalesce((array_agg(o.role ORDER BY o.id) FILTER (WHERE o.role <> 'unknown'))[1], 'unknown') AS role,
        count(DISTINCT o.role) FILTER (WHERE o.role <> 'unknown') > 1 AS roles_differ
    FROM exchange_observation o WHERE o.report_id = ANY (%(reports)s::bigint[])
    GROUP BY o.observable HAVING count(DISTINCT o.report_id) > 1)
SELECT h.id, h.type, h.value, h.weight, h.warnings, k.role, k.roles_differ, k.here, k.reports,
    (SELECT count(DISTINCT n.report_id) FROM (
        SELECT v.report_id FROM exchange_observation v WHERE v.observable = h.id LIMIT %(cap)s) n) AS everywhere
FROM held k JOIN exchange_observable h ON h.id = k.observable
ORDER BY h.weight DESC, everywhere, h.id LIMIT %(most)s;
