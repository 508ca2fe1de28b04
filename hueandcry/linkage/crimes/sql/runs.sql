-- name: start
INSERT INTO linkage_run (kind, engine, figures, error) VALUES ('crimes', %(engine)s, '{}', '') RETURNING id;

-- name: finish
UPDATE linkage_run SET finished_at = clock_timestamp(), model = %(model)s::bigint, figures = %(figures)s::jsonb,
    error = %(error)s
WHERE id = %(run)s;

-- name: forget
-- Runs of more than a year of nights.
DELETE FROM linkage_run WHERE kind = 'crimes' AND id NOT IN (
    SELECT id FROM linkage_run WHERE kind = 'crimes' ORDER BY id DESC LIMIT %(kept)s);

-- name: last
-- When the last run that came to an end began, and the last one at all.
SELECT max(started_at) FILTER (WHERE finished_at IS NOT NULL AND error = ''), max(started_at) FROM linkage_run
WHERE kind = 'crimes';

-- name: any_report
SELECT EXISTS (SELECT 1 FROM exchange_report WHERE state = 'current' AND kind = 'incident');
