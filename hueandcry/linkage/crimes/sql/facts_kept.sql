-- name: refresh
-- The facts of these reports made anew. What is no longer a current report of an incident (withdrawn, superseded, made
-- intelligence) is compared no longer. Only what differs is written: a change of audience alone leaves a fact as it was,
-- and nothing is compared anew for it.
WITH made AS MATERIALIZED ({facts}),
gone AS (
    DELETE FROM linkage_fact f WHERE f.report = ANY (%(reports)s::bigint[])
        AND NOT EXISTS (SELECT 1 FROM made m WHERE m.report = f.report)
    RETURNING f.report),
kept AS (
    INSERT INTO linkage_fact AS f ({columns}) SELECT {columns} FROM made
    ON CONFLICT (report) DO UPDATE SET ({columns}) = ROW ({excluded}) WHERE ({held}) IS DISTINCT FROM ({excluded})
    RETURNING f.report)
SELECT report, TRUE AS changed FROM kept UNION ALL SELECT report, FALSE FROM gone;

-- name: next
-- Reports in the order of their ids, for going through all of them in parts.
SELECT array_agg(r.id) FROM (
    SELECT id FROM exchange_report WHERE id > %(after)s::bigint ORDER BY id LIMIT %(most)s) r;

-- name: stray
-- Facts of reports that are gone altogether.
DELETE FROM linkage_fact f WHERE NOT EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = f.report) RETURNING f.report;
