-- name: crimes
-- The crimes of an operation as far as the viewer sees reports of them.
SELECT c.id, c.reference, m.run IS NULL, count(r.id), min(coalesce(r.occurred_from, r.reported_at))::date,
    mode() WITHIN GROUP (ORDER BY r.main_class), array_agg(DISTINCT r.organisation_id),
    (array_agg(r.title ORDER BY r.id))[1], (array_agg(r.reference ORDER BY r.id))[1]
FROM hueandcry_operations_seen(ARRAY[%(operation)s::bigint]) oc JOIN linkage_operationcrime m ON m.crime = oc.crime
JOIN linkage_crime c ON c.id = oc.crime JOIN exchange_report r ON r.id = oc.report
WHERE r.state = 'current' AND {open}
GROUP BY c.id, m.crime ORDER BY 5 DESC, c.id DESC LIMIT %(most)s;

-- name: holdings
-- Which value which crime of the operation holds, by which organisation's word; what belongs to victims or tells
-- nothing is left out.
SELECT DISTINCT oc.crime, v.observable, v.organisation
FROM hueandcry_operations_seen(ARRAY[%(operation)s::bigint]) oc JOIN exchange_report r ON r.id = oc.report JOIN exchange_observation v ON v.report_id = r.id
JOIN exchange_observable h ON h.id = v.observable
WHERE r.state = 'current' AND {open} AND v.role <> 'victim' AND h.weight >= %(telling)s
LIMIT %(most)s;

-- name: infrastructure
-- The values of an operation: first and last use, how often, by how many told, and the longest pause between two uses.
WITH used AS MATERIALIZED (
    SELECT v.observable, oc.crime, r.id AS report, v.organisation, v.role,
        coalesce(v.first_seen, r.occurred_from, r.reported_at)::date AS day,
        coalesce(v.last_seen, r.occurred_to, r.occurred_from, r.reported_at)::date AS until
    FROM hueandcry_operations_seen(ARRAY[%(operation)s::bigint]) oc JOIN exchange_report r ON r.id = oc.report JOIN exchange_observation v ON v.report_id = r.id
    WHERE r.state = 'current' AND {open} AND v.role <> 'victim'),
paused AS (
    SELECT observable, max(day - before) AS pause FROM (
        SELECT observable, day, max(until) OVER (PARTITION BY observable ORDER BY day, until
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM used) u
    GROUP BY observable)
SELECT h.id, h.type, h.value, h.weight, h.warnings, min(u.role), min(u.day), max(u.until), count(DISTINCT u.crime),
    count(DISTINCT u.report), count(DISTINCT u.organisation), greatest(0, max(p.pause))
FROM used u JOIN paused p USING (observable) JOIN exchange_observable h ON h.id = u.observable
WHERE h.weight >= %(telling)s
GROUP BY h.id, h.type, h.value, h.weight, h.warnings
ORDER BY count(DISTINCT u.crime) DESC, h.weight DESC, h.type, h.value LIMIT %(most)s;

-- name: weeks
-- Crimes of an operation by the week in which they began.
SELECT week, count(*) FROM (
    SELECT oc.crime, date_trunc('week', min(coalesce(r.occurred_from, r.reported_at)))::date AS week
    FROM hueandcry_operations_seen(ARRAY[%(operation)s::bigint]) oc JOIN exchange_report r ON r.id = oc.report
    WHERE r.state = 'current' AND {open} GROUP BY oc.crime) c
GROUP BY week ORDER BY week;

-- name: techniques
SELECT technique, count(DISTINCT oc.crime)
FROM hueandcry_operations_seen(ARRAY[%(operation)s::bigint]) oc JOIN exchange_report r ON r.id = oc.report CROSS JOIN LATERAL unnest(r.techniques) AS technique
WHERE r.state = 'current' AND {open}
GROUP BY technique ORDER BY count(DISTINCT oc.crime) DESC, technique;

-- name: holders
-- The organisations whose reports of the operation the viewer sees, and what each holds.
SELECT o.id, o.name, o.slug, o.kind, o.country, count(DISTINCT oc.crime), count(DISTINCT r.id),
    count(DISTINCT v.observable), max(r.reported_at), o.id = %(organisation)s
FROM hueandcry_operations_seen(ARRAY[%(operation)s::bigint]) oc JOIN exchange_report r ON r.id = oc.report JOIN members_organisation o ON o.id = r.organisation_id
LEFT JOIN exchange_observation v ON v.report_id = r.id AND v.role <> 'victim'
WHERE r.state = 'current' AND {open}
GROUP BY o.id ORDER BY count(DISTINCT oc.crime) DESC, o.name;

-- name: of_crimes
SELECT oc.crime, o.reference FROM linkage_operationcrime oc JOIN linkage_operation o ON o.id = oc.operation
WHERE oc.crime = ANY (%(crimes)s);

-- name: events
-- What runs did to an operation, told of crimes that the viewer sees; the other one by name only while it is seen.
SELECT e.kind, e.at, p.reference, q.reference, count(c.crime)
FROM linkage_operationevent e JOIN LATERAL (
    SELECT DISTINCT cr.crime FROM linkage_crimereport cr WHERE cr.crime = ANY (e.crimes)) c ON true
LEFT JOIN linkage_operation p ON p.id = e.operation LEFT JOIN linkage_operation q ON q.id = e.other
WHERE %(operation)s IN (e.operation, e.other)
GROUP BY e.id, p.reference, q.reference ORDER BY e.id DESC LIMIT %(most)s;

-- name: suggestions
-- Operations that a crime points to that was attached to this one, or the other way about. Both are seen.
SELECT o.reference, c.reference, s.shared
FROM linkage_operationsuggestion s
JOIN linkage_operation o ON o.id = CASE WHEN s.operation = %(operation)s THEN s.other ELSE s.operation END
JOIN linkage_crime c ON c.id = s.crime
WHERE %(operation)s IN (s.operation, s.other) ORDER BY s.shared DESC, s.id;
