-- name: reports
-- What PostgreSQL gives, as the linker: all in one transaction, so of one moment. No title, no text, no person, no key
-- of the sender. Ids are read to join by and stay in the process.
SELECT r.id, r.organisation_id AS body, r.source_kind AS source,
    (r.occurred_from AT TIME ZONE 'UTC')::date AS occurred, (r.reported_at AT TIME ZONE 'UTC')::date AS reported,
    (r.created_at AT TIME ZONE 'UTC')::date AS arrived, r.main_class, r.victim_countries::text[] AS countries,
    r.victim_sector::text AS sector, r.victim_size AS size, r.techniques,
    (r.loss_amount * 100)::bigint AS hundredths, r.loss_currency::text AS currency
FROM exchange_report r
WHERE r.state = 'current' AND r.kind = 'incident' AND 'statistics' = ANY (r.purpose);

-- name: memberships
SELECT c.report, c.crime FROM linkage_crimereport c;

-- name: bodies
SELECT o.id, o.kind, o.country::text AS country, o.sector::text AS sector, o.state,
    (o.created_at AT TIME ZONE 'UTC')::date AS joined
FROM members_organisation o;

-- name: rates
SELECT e.currency::text AS currency, e.day, (e.per_euro * 100000000)::bigint AS per_euro, e.source
FROM picture_exchangerate e;

-- name: denominators
SELECT d.kind, d.country::text AS country, d.sector::text AS sector, d.size, d.year, d.value, d.source
FROM picture_denominator d ORDER BY d.kind, d.country, d.sector, d.size, d.year;

-- name: left_out
-- What stays out and why, each report once: the first reason that holds.
SELECT CASE WHEN r.state <> 'current' THEN r.state WHEN r.kind <> 'incident' THEN r.kind ELSE 'purpose' END AS reason,
    count(*) AS reports
FROM exchange_report r
WHERE NOT (r.state = 'current' AND r.kind = 'incident' AND 'statistics' = ANY (r.purpose))
GROUP BY 1 ORDER BY 1;

-- name: run
-- The last estimation of all crimes that came to an end, and by which model.
SELECT json_build_object('run', u.id, 'engine', u.engine, 'model', u.model, 'started', u.started_at,
    'finished', u.finished_at, 'crimes', u.figures -> 'crimes', 'reports', u.figures -> 'reports')::text AS said
FROM linkage_run u WHERE u.kind = 'crimes' AND u.finished_at IS NOT NULL AND u.error = '' ORDER BY u.id DESC LIMIT 1;

-- name: review
-- The last round of clerical review that was published: precision and recall with their intervals.
SELECT json_build_object('round', w.id, 'model', w.model, 'published', w.published_at,
    'precision', w.figures -> 'precision', 'recall', w.figures -> 'recall', 'read', w.figures -> 'read')::text AS said
FROM linkage_reviewround w WHERE w.published_at IS NOT NULL ORDER BY w.published_at DESC, w.id DESC LIMIT 1;

-- name: moment
SELECT now() AS at;
