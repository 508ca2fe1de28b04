-- name: reports
-- What is compared of each report that is in a crime.
SELECT f.report, c.crime, f.organisation, f.leaf, (f.day - DATE '2000-01-01')::integer AS day, f.main_class, f.country,
    array_to_string(f.classes, ' ') AS classes
FROM linkage_fact f JOIN linkage_crimereport c ON c.report = f.report ORDER BY f.report;

-- name: values
-- The values that may tie, each with the place of its type among those given.
SELECT id, array_position(%(types)s::text[], type)::smallint AS kind, weight::real AS weight
FROM exchange_observable WHERE type = ANY (%(types)s::text[]) AND weight >= %(least)s ORDER BY id;

-- name: observations
-- Who tells which value, in whose hands (0 said to be used by criminals, 1 nobody says), and when it was used.
SELECT report_id AS report, observable, (role = 'unknown') AS unknown,
    coalesce((coalesce(last_seen, first_seen) AT TIME ZONE 'UTC')::date - DATE '2000-01-01', -1)::integer AS day
FROM exchange_observation WHERE role <> 'victim';

-- name: before
SELECT crime, operation FROM linkage_operationcrime ORDER BY crime;

-- name: stage
CREATE TEMP TABLE IF NOT EXISTS stage_operation (crime bigint, before bigint, operation bigint, part integer,
    via bigint[], weight double precision, kind text) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS stage_ended_operation (operation bigint, into_operation bigint) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS stage_value (observable bigint, operation bigint, strength double precision,
    crimes integer) ON COMMIT DROP;

-- name: found
-- New operations, numbered in a row: only one process writes them.
WITH made AS (
    INSERT INTO linkage_operation (reference) SELECT gen_random_uuid() FROM generate_series(1, %(many)s) RETURNING id)
SELECT min(id), max(id) FROM made;

-- name: number
UPDATE stage_operation SET operation = %(first)s - 1 - operation WHERE operation < 0;

-- name: number_ended
UPDATE stage_ended_operation SET into_operation = %(first)s - 1 - into_operation WHERE into_operation < 0;

-- name: number_values
UPDATE stage_value SET operation = %(first)s - 1 - operation WHERE operation < 0;

-- name: leave
DELETE FROM linkage_operationcrime o USING stage_operation s WHERE s.crime = o.crime AND s.operation = 0;

-- name: move
-- Only what differs is written; a crime that came meanwhile and is not staged stays.
UPDATE linkage_operationcrime o SET operation = s.operation, part = s.part, via = s.via, weight = s.weight,
    run = %(run)s, since = CASE WHEN o.operation = s.operation THEN o.since ELSE now() END
FROM stage_operation s
WHERE s.crime = o.crime AND s.operation > 0
    AND (o.operation, o.part, o.via, o.weight, o.run IS NULL) IS DISTINCT FROM (s.operation, s.part, s.via, s.weight, false);

-- name: join
INSERT INTO linkage_operationcrime (crime, operation, part, via, weight, run)
SELECT s.crime, s.operation, s.part, s.via, s.weight, %(run)s FROM stage_operation s
WHERE s.operation > 0 AND EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = s.crime)
ON CONFLICT (crime) DO NOTHING;

-- name: follow
-- What was attached meanwhile goes where its operation went.
UPDATE linkage_operationcrime o SET operation = e.into_operation, run = NULL FROM stage_ended_operation e
WHERE o.operation = e.operation AND e.into_operation > 0;

-- name: events
INSERT INTO linkage_operationevent (kind, operation, other, crimes, run)
SELECT kind, operation, before, array_agg(crime ORDER BY crime), %(run)s FROM stage_operation
WHERE kind <> '' AND operation > 0 GROUP BY kind, operation, before ORDER BY operation, before;

-- name: end
UPDATE linkage_operation o SET merged_into = e.into_operation FROM stage_ended_operation e
WHERE e.into_operation > 0 AND (o.id = e.operation OR o.merged_into = e.operation);

-- name: revive
UPDATE linkage_operation o SET merged_into = NULL
WHERE o.merged_into IS NOT NULL AND EXISTS (SELECT 1 FROM linkage_operationcrime c WHERE c.operation = o.id);

-- name: sweep
-- Crimes of which nothing is told any more.
DELETE FROM linkage_operationcrime o WHERE NOT EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = o.crime);

-- name: suggestions
DELETE FROM linkage_operationsuggestion;

-- name: values_gone
DELETE FROM linkage_operationvalue v WHERE NOT EXISTS (SELECT 1 FROM stage_value s WHERE s.observable = v.observable);

-- name: values_changed
UPDATE linkage_operationvalue v SET operation = s.operation, strength = s.strength, crimes = s.crimes FROM stage_value s
WHERE s.observable = v.observable
    AND (v.operation, v.strength, v.crimes) IS DISTINCT FROM (s.operation, s.strength, s.crimes);

-- name: values_new
INSERT INTO linkage_operationvalue (observable, operation, strength, crimes)
SELECT s.observable, s.operation, s.strength, s.crimes FROM stage_value s
WHERE NOT EXISTS (SELECT 1 FROM linkage_operationvalue v WHERE v.observable = s.observable);
