-- name: gone
-- Crimes of which nothing is told any more, erased or merged into others.
DELETE FROM linkage_operationcrime o WHERE o.crime = ANY (%(crimes)s)
    AND NOT EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = o.crime);

-- name: told
-- The values of these crimes that may tie, with what the last night found of each. Of a crime that somebody tells
-- openly, what only hidden reports tell is left out.
WITH held AS MATERIALIZED (
    SELECT c.crime, c.report, f.leaf, f.day, f.organisation, bool_and(f.leaf) OVER (PARTITION BY c.crime) AS hidden
    FROM linkage_crimereport c JOIN linkage_fact f ON f.report = c.report WHERE c.crime = ANY (%(crimes)s)),
told AS MATERIALIZED (
    SELECT h.crime, h.hidden, v.observable, min(h.day) AS day, bool_or(v.role <> 'unknown') AS used
    FROM held h CROSS JOIN LATERAL (
        SELECT o.observable, o.role FROM exchange_observation o
        WHERE o.report_id = h.report AND o.role <> 'victim' LIMIT %(values)s) v
    WHERE h.hidden OR NOT h.leaf GROUP BY h.crime, h.hidden, v.observable)
SELECT t.crime, t.hidden, t.observable, t.day, h.type, h.weight * CASE WHEN t.used THEN 1 ELSE %(unknown)s END,
    n.strength, n.operation
FROM told t JOIN exchange_observable h ON h.id = t.observable AND h.weight >= %(telling)s AND h.type = ANY (%(types)s)
LEFT JOIN linkage_operationvalue n ON n.observable = t.observable
ORDER BY t.crime, t.observable;

-- name: others
-- Who else tells these values openly: crimes, and the operation of each. One more than %(most)s is too many.
SELECT w.observable, n.crime, n.day, o.operation
FROM unnest(%(observables)s::bigint[]) AS w(observable) CROSS JOIN LATERAL (
    SELECT c.crime, f.day FROM exchange_observation v
    JOIN linkage_fact f ON f.report = v.report_id AND NOT f.leaf
    JOIN linkage_crimereport c ON c.report = v.report_id
    WHERE v.observable = w.observable AND v.role <> 'victim' LIMIT %(most)s) n
LEFT JOIN linkage_operationcrime o ON o.crime = n.crime
ORDER BY w.observable, n.crime;

-- name: members
SELECT crime, operation FROM linkage_operationcrime WHERE crime = ANY (%(crimes)s);

-- name: found
INSERT INTO linkage_operation (reference) VALUES (gen_random_uuid()) RETURNING id;

-- name: join
INSERT INTO linkage_operationcrime (crime, operation, via, weight) VALUES (%(crime)s, %(operation)s, %(via)s, %(weight)s)
ON CONFLICT (crime) DO NOTHING;

-- name: suggest
INSERT INTO linkage_operationsuggestion (operation, other, crime, shared)
VALUES (%(operation)s, %(other)s, %(crime)s, %(shared)s)
ON CONFLICT (crime, other) DO UPDATE SET operation = excluded.operation, shared = excluded.shared;
