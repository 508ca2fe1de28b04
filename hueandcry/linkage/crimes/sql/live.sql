-- name: near
-- Reports that some may be matched with, and all that hold a value of theirs within these weeks (how many do says how
-- telling it is): by a value in common, the reference, a like sum or a like place of the victim; these reports among
-- them, with the crime that each is in. By indexes; the linker's policies let them be used. At most %(cap)s for each way.
WITH own AS MATERIALIZED (SELECT * FROM linkage_fact WHERE report = ANY (%(reports)s::bigint[])),
rates AS MATERIALIZED (SELECT * FROM unnest(%(currencies)s::text[], %(rates)s::float8[]) AS t(currency, rate)),
held AS MATERIALIZED (
    SELECT v.observable, min(o.day) - %(weeks)s AS since, max(o.day) + %(weeks)s AS until FROM own o
    CROSS JOIN LATERAL unnest(o.exact || o.money || o.contact || o.infrastructure || o.victims) AS v(observable)
    GROUP BY v.observable),
found AS (
    SELECT n.report FROM held CROSS JOIN LATERAL (
        SELECT f.report FROM exchange_observation x JOIN linkage_fact f ON f.report = x.report_id
        WHERE x.observable = held.observable AND f.day BETWEEN held.since AND held.until LIMIT %(cap)s) n
    UNION
    SELECT n.report FROM own o CROSS JOIN LATERAL (
        SELECT f.report FROM linkage_fact f WHERE f.reference = o.reference AND f.reference <> '' LIMIT %(cap)s) n
    WHERE o.reference <> ''
    UNION
    SELECT n.report FROM own o JOIN rates m ON m.currency = o.currency CROSS JOIN LATERAL (
        SELECT f.report FROM linkage_fact f JOIN rates r ON r.currency = f.currency
        WHERE f.country = o.country AND f.day BETWEEN o.day - %(sum_days)s AND o.day + %(sum_days)s AND f.amount > 0
          AND f.amount / r.rate BETWEEN o.amount / m.rate * exp(-%(sum_width)s::float8)
            AND o.amount / m.rate * exp(%(sum_width)s::float8) LIMIT %(cap)s) n
    WHERE o.amount > 0 AND o.country <> ''
    UNION
    SELECT n.report FROM own o CROSS JOIN LATERAL (
        SELECT f.report FROM linkage_fact f
        WHERE f.country = o.country AND f.area = o.area AND f.area <> ''
          AND f.day BETWEEN o.day - %(place_days)s AND o.day + %(place_days)s LIMIT %(cap)s) n
    WHERE o.area <> '')
SELECT {read}, c.crime FROM linkage_fact f LEFT JOIN linkage_crimereport c ON c.report = f.report
WHERE f.report = ANY (ARRAY(SELECT report FROM found UNION SELECT report FROM own)) ORDER BY f.report;

-- name: standing
-- Which crime each of these reports is in that are compared; NULL: in none.
SELECT f.report, c.crime FROM linkage_fact f LEFT JOIN linkage_crimereport c ON c.report = f.report
WHERE f.report = ANY (%(reports)s::bigint[]);

-- name: members
SELECT c.report, c.crime, f.leaf, f.{source} FROM linkage_crimereport c JOIN linkage_fact f ON f.report = c.report
WHERE c.crime = ANY (%(crimes)s::bigint[]) ORDER BY c.report;

-- name: judgement
-- The latest thing said of a pair, whether it is in force or was taken back.
SELECT max(j.id) FROM linkage_judgement j WHERE j.left = %(left)s AND j.right = %(right)s;
