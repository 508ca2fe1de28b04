-- name: candidates
-- Reports that a new one may be matched with: those that share a value, the reference, or the sum of the loss. Found by
-- indexes, the linker's policies let them be used; scored elsewhere. %(cap)s holders of one value are looked at.
WITH new AS MATERIALIZED (SELECT * FROM linkage_fact WHERE report = ANY (%(reports)s::bigint[])),
held AS MATERIALIZED (
    SELECT DISTINCT v.observable FROM new n
    CROSS JOIN LATERAL unnest(n.exact || n.money || n.contact || n.infrastructure || n.victims) AS v(observable)),
found AS (
    SELECT o.report_id FROM held CROSS JOIN LATERAL (
        SELECT x.report_id FROM exchange_observation x WHERE x.observable = held.observable LIMIT %(cap)s) o
    UNION
    SELECT f.report FROM new n JOIN linkage_fact f ON f.reference = n.reference AND f.reference <> '' AND n.reference <> ''
    UNION
    SELECT f.report FROM new n CROSS JOIN LATERAL (
        SELECT x.report FROM linkage_fact x
        WHERE x.amount = n.amount AND x.currency = n.currency AND x.amount IS NOT NULL
          AND coalesce(x.occurred, x.reported) BETWEEN coalesce(n.occurred, n.reported) - 60
            AND coalesce(n.occurred, n.reported) + 60 LIMIT %(cap)s) f)
SELECT report_id FROM found EXCEPT SELECT unnest(%(reports)s::bigint[]) LIMIT %(most)s;

-- name: homeless
-- Reports that are compared and in no crime.
SELECT f.report FROM linkage_fact f WHERE f.report = ANY (%(reports)s::bigint[])
  AND NOT EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.report = f.report);

-- name: crimes
SELECT DISTINCT c.crime FROM linkage_crimereport c WHERE c.report = ANY (%(reports)s::bigint[]);

-- name: members
SELECT c.report, c.crime FROM linkage_crimereport c WHERE c.crime = ANY (%(crimes)s::bigint[]) ORDER BY c.report;

-- name: judgement
-- The latest thing said of a pair, whether it is in force or was taken back.
SELECT max(j.id) FROM linkage_judgement j WHERE j.left = %(left)s AND j.right = %(right)s;
