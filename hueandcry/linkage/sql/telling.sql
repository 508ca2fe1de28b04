-- name: linked
-- Of the viewer's organisation the reports that share a telling value with one of these reports of others, as far as the
-- viewer may see those. A value tells less the more reports hold it; %(some)s is what counts as telling anywhere.
WITH fresh AS MATERIALIZED (
    SELECT r.id FROM exchange_report r
    WHERE r.id = ANY (%(reports)s::bigint[]) AND r.organisation_id <> %(organisation)s AND r.state = 'current'),
held AS MATERIALIZED (
    SELECT DISTINCT v.report_id, v.observable, h.weight
    FROM fresh JOIN exchange_observation v ON v.report_id = fresh.id
    JOIN exchange_observable h ON h.id = v.observable AND h.weight >= 0.2),
met AS (
    SELECT held.report_id, own.report_id AS own, held.weight / ln(2.0 + many.n) AS weight
    FROM held CROSS JOIN LATERAL (
        SELECT DISTINCT o.report_id FROM exchange_observation o
        WHERE o.observable = held.observable AND o.organisation = %(organisation)s LIMIT 50) own
    CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM (
            SELECT 1 FROM exchange_observation o WHERE o.observable = held.observable
              AND o.report_id <> own.report_id LIMIT 50) o) many)
SELECT DISTINCT m.own FROM (
    SELECT own, report_id FROM met GROUP BY own, report_id HAVING sum(weight) >= %(some)s) m
JOIN exchange_report r ON r.id = m.own AND r.organisation_id = %(organisation)s AND r.state = 'current'
