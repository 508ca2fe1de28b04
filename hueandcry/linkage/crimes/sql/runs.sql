-- name: last
-- When the last run that came to an end began, and the last one at all.
SELECT max(started_at) FILTER (WHERE finished_at IS NOT NULL AND error = ''), max(started_at) FROM linkage_run
WHERE kind = 'crimes';

-- name: any_report
SELECT EXISTS (SELECT 1 FROM exchange_report WHERE state = 'current' AND kind = 'incident');
