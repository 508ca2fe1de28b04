-- name: crimes
-- The crimes of an operation as far as the viewer sees reports of them.
SELECT c.crime, c.reference, c.live, w.reports, w.day, w.main_class, w.organisations, w.title, w.report
FROM (
    SELECT oc.crime, count(r.id) AS reports, min(coalesce(r.occurred_from, r.reported_at))::date AS day,
        mode() WITHIN GROUP (ORDER BY r.main_class) AS main_class, array_agg(DISTINCT r.organisation_id) AS organisations,
        (array_agg(r.title ORDER BY r.id))[1] AS title, (array_agg(r.reference ORDER BY r.id))[1] AS report
    FROM {of_one} WHERE r.state = 'current' AND {open}
    GROUP BY oc.crime ORDER BY day DESC, oc.crime DESC LIMIT %(most)s) w
JOIN hueandcry_operation_crimes(%(operation)s) c ON c.crime = w.crime ORDER BY w.day DESC, c.crime DESC;

-- name: holdings
-- Which of these values which crime of the operation holds, by which organisation's word; not what belongs to victims.
SELECT DISTINCT oc.crime, v.observable, v.organisation
FROM {of_one} JOIN exchange_observation v ON v.report_id = r.id
WHERE r.state = 'current' AND {open} AND v.role <> 'victim' AND v.observable = ANY (%(values)s::bigint[])
LIMIT %(most)s;

-- name: infrastructure
-- The values of an operation: first and last use, how often, by how many told, and the longest pause between two uses.
WITH used AS (
    SELECT v.observable, oc.crime, r.id AS report, v.organisation, v.role,
        coalesce(v.first_seen, r.occurred_from, r.reported_at)::date AS day,
        coalesce(v.last_seen, r.occurred_to, r.occurred_from, r.reported_at)::date AS until
    FROM {of_one} JOIN exchange_observation v ON v.report_id = r.id
    WHERE r.state = 'current' AND {open} AND v.role <> 'victim'),
after AS (
    SELECT u.*, u.day - max(u.until) OVER (PARTITION BY u.observable ORDER BY u.day, u.until
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS pause FROM used u),
whole AS MATERIALIZED (
    SELECT observable, min(role) AS role, min(day) AS first, max(until) AS last, count(DISTINCT crime) AS crimes,
        count(DISTINCT report) AS reports, count(DISTINCT organisation) AS organisations, greatest(0, max(pause)) AS pause
    FROM after GROUP BY observable)
SELECT h.id, h.type, h.value, h.weight, h.warnings, w.role, w.first, w.last, w.crimes, w.reports, w.organisations, w.pause
FROM whole w CROSS JOIN LATERAL (SELECT * FROM exchange_observable x WHERE x.id = w.observable OFFSET 0) h
WHERE h.weight >= %(telling)s
ORDER BY w.crimes DESC, h.weight DESC, h.type, h.value LIMIT %(most)s;

-- name: weeks
-- Crimes of an operation by the week in which they began.
SELECT week, count(*) FROM (
    SELECT oc.crime, date_trunc('week', min(coalesce(r.occurred_from, r.reported_at)))::date AS week
    FROM {of_one}
    WHERE r.state = 'current' AND {open} GROUP BY oc.crime) c
GROUP BY week ORDER BY week;

-- name: techniques
SELECT technique, count(DISTINCT oc.crime)
FROM {of_one} CROSS JOIN LATERAL unnest(r.techniques) AS technique
WHERE r.state = 'current' AND {open}
GROUP BY technique ORDER BY count(DISTINCT oc.crime) DESC, technique;

-- name: holders
-- The organisations whose reports of the operation the viewer sees, and what each holds.
SELECT o.id, o.name, o.slug, o.kind, o.country, count(DISTINCT oc.crime), count(DISTINCT r.id),
    count(DISTINCT v.observable), max(r.reported_at), o.id = %(organisation)s
FROM {of_one} JOIN members_organisation o ON o.id = r.organisation_id
LEFT JOIN exchange_observation v ON v.report_id = r.id AND v.role <> 'victim'
WHERE r.state = 'current' AND {open}
GROUP BY o.id ORDER BY count(DISTINCT oc.crime) DESC, o.name;

-- name: of_crimes
SELECT oc.crime, o.reference FROM linkage_operationcrime oc JOIN linkage_operation o ON o.id = oc.operation
WHERE oc.crime = ANY (%(crimes)s);

-- name: events
-- What runs did to an operation, told of crimes that the viewer sees; the other one by name only while it is seen.
SELECT kind, at, one, other, crimes FROM hueandcry_operation_events(%(operation)s, %(most)s);

-- name: suggestions
-- Operations that a crime points to that was attached to this one, or the other way about. Both are seen.
SELECT o.reference, c.reference, s.shared
FROM linkage_operationsuggestion s
JOIN linkage_operation o ON o.id = CASE WHEN s.operation = %(operation)s THEN s.other ELSE s.operation END
JOIN linkage_crime c ON c.id = s.crime
WHERE %(operation)s IN (s.operation, s.other) ORDER BY s.shared DESC, s.id;
