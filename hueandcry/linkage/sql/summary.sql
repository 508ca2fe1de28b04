-- name: summary
-- What a report shares in one line: telling values shared, visible reports, organisations and countries that hold them.
WITH own AS MATERIALIZED (
    SELECT DISTINCT v.observable, h.weight FROM exchange_observation v
    JOIN exchange_observable h ON h.id = v.observable AND h.weight >= %(telling)s
    WHERE v.report_id = %(report)s LIMIT %(values)s),
pairs AS MATERIALIZED (
    SELECT own.observable, n.report_id, n.organisation,
        own.weight / ln(2.0 + count(*) OVER (PARTITION BY own.observable)) AS weight
    FROM own CROSS JOIN LATERAL (
        SELECT v.report_id, v.organisation FROM exchange_observation v
        WHERE v.observable = own.observable AND v.report_id <> %(report)s LIMIT %(cap)s) n)
SELECT count(DISTINCT p.observable), count(DISTINCT p.report_id), count(DISTINCT p.organisation),
    count(DISTINCT o.country)
FROM pairs p LEFT JOIN members_organisation o ON o.id = p.organisation
WHERE p.weight >= %(some)s;

-- name: values
SELECT count(DISTINCT observable) FROM exchange_observation WHERE report_id = %(report)s;
