-- name: lock
-- Who writes crimes, one at a time: the ids of new crimes are given out in a row, and nobody works on what another moves.
SELECT pg_advisory_xact_lock(5, 1);

-- name: stage
CREATE TEMPORARY TABLE IF NOT EXISTS stage_crime (report bigint, before bigint, crime bigint, kind text) ON COMMIT DELETE ROWS;

-- name: stage_ended
CREATE TEMPORARY TABLE IF NOT EXISTS stage_ended (crime bigint, into_crime bigint) ON COMMIT DELETE ROWS;

-- name: found
-- New crimes; gives the id of the first and of the last. Under the lock nobody else takes one in between.
WITH made AS (INSERT INTO linkage_crime (id) SELECT nextval('linkage_crime_id_seq') FROM generate_series(1, %(many)s)
    RETURNING id)
SELECT min(id), max(id) FROM made;

-- name: join
-- What came in meanwhile and was matched as it came stays where it is.
INSERT INTO linkage_crimereport (report, crime, run)
SELECT s.report, s.crime, %(run)s::bigint FROM stage_crime s
WHERE s.before = 0 AND EXISTS (SELECT 1 FROM linkage_fact f WHERE f.report = s.report)
ON CONFLICT (report) DO NOTHING;

-- name: move
-- Only what is still where it was when it was looked at: a judgement of meanwhile counts.
WITH moved AS (
    UPDATE linkage_crimereport c SET crime = s.crime, run = %(run)s::bigint, since = now() FROM stage_crime s
    WHERE s.before > 0 AND c.report = s.report AND c.crime = s.before
    RETURNING c.report, s.before, s.crime, s.kind)
INSERT INTO linkage_crimeevent (kind, crime, other, report, run, judgement)
SELECT kind, crime, before, report, %(run)s::bigint, %(judgement)s::bigint FROM moved ORDER BY report;

-- name: follow
-- Reports that joined, meanwhile, a crime that is taken into another now go along.
WITH moved AS (
    UPDATE linkage_crimereport c SET crime = e.into_crime, since = now() FROM stage_ended e WHERE c.crime = e.crime
    RETURNING c.report, e.crime, e.into_crime)
INSERT INTO linkage_crimeevent (kind, crime, other, report, run, judgement)
SELECT 'merged', into_crime, crime, report, %(run)s::bigint, %(judgement)s::bigint FROM moved ORDER BY report;

-- name: end
UPDATE linkage_crime c SET merged_into = e.into_crime FROM stage_ended e WHERE c.id = e.crime;

-- name: revive
UPDATE linkage_crime c SET merged_into = NULL
WHERE c.merged_into IS NOT NULL AND c.id IN (SELECT s.crime FROM stage_crime s)
  AND EXISTS (SELECT 1 FROM linkage_crimereport r WHERE r.crime = c.id);

-- name: drop_empty
-- Crimes founded for reports that went, or were taken, meanwhile.
DELETE FROM linkage_crime c WHERE c.id BETWEEN %(first)s::bigint AND %(last)s::bigint
  AND NOT EXISTS (SELECT 1 FROM linkage_crimereport r WHERE r.crime = c.id);

-- name: sweep
-- Memberships of reports that are compared no longer.
DELETE FROM linkage_crimereport c WHERE NOT EXISTS (SELECT 1 FROM linkage_fact f WHERE f.report = c.report);

-- name: leave
DELETE FROM linkage_crimereport WHERE report = ANY (%(reports)s::bigint[]) RETURNING crime;
