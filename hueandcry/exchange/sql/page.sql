-- name: filters
-- What a list of reports is narrowed to. A parameter that is NULL narrows nothing: the planner folds it away.
    (%(classes)s::text[] IS NULL OR r.main_class = ANY (%(classes)s::text[]))
    AND (%(countries)s::text[] IS NULL OR r.victim_countries::text[] && %(countries)s::text[])
    AND (%(sectors)s::text[] IS NULL OR r.victim_sector = ANY (%(sectors)s::text[]))
    AND (%(sources)s::text[] IS NULL OR r.source_kind = ANY (%(sources)s::text[]))
    AND (%(tlp)s::text[] IS NULL OR r.tlp = ANY (%(tlp)s::text[]))
    AND (%(states)s::text[] IS NULL OR r.state = ANY (%(states)s::text[]))
    AND (%(kinds)s::text[] IS NULL OR r.kind = ANY (%(kinds)s::text[]))
    AND (%(organisation)s::bigint IS NULL OR r.organisation_id = %(organisation)s::bigint)
    AND (%(submission)s::bigint IS NULL OR r.submission_id = %(submission)s::bigint)
    AND (%(since)s::timestamptz IS NULL OR r.reported_at >= %(since)s::timestamptz)
    AND (%(until)s::timestamptz IS NULL OR r.reported_at < %(until)s::timestamptz)
    AND (%(types)s::text[] IS NULL OR r.holds && %(types)s::text[])

-- name: by_arrival_down
-- A page in the order of arrival: each audience of the viewer walks its own index, and the heads are merged.
SELECT r.id FROM unnest(hueandcry_audiences()) AS a(id) CROSS JOIN LATERAL (
    SELECT r.id FROM exchange_report r
    WHERE r.audience = a.id AND (%(id)s::bigint IS NULL OR r.id < %(id)s::bigint) AND {filters}
    ORDER BY r.id DESC LIMIT %(most)s) r
ORDER BY r.id DESC LIMIT %(most)s

-- name: by_arrival_up
SELECT r.id FROM unnest(hueandcry_audiences()) AS a(id) CROSS JOIN LATERAL (
    SELECT r.id FROM exchange_report r
    WHERE r.audience = a.id AND (%(id)s::bigint IS NULL OR r.id > %(id)s::bigint) AND {filters}
    ORDER BY r.id LIMIT %(most)s) r
ORDER BY r.id LIMIT %(most)s

-- name: by_date_down
-- A page in the order of the day reported, likewise.
SELECT r.id FROM unnest(hueandcry_audiences()) AS a(id) CROSS JOIN LATERAL (
    SELECT r.id, r.reported_at FROM exchange_report r
    WHERE r.audience = a.id
      AND (%(id)s::bigint IS NULL OR (r.reported_at, r.id) < (%(at)s::timestamptz, %(id)s::bigint)) AND {filters}
    ORDER BY r.reported_at DESC, r.id DESC LIMIT %(most)s) r
ORDER BY r.reported_at DESC, r.id DESC LIMIT %(most)s

-- name: by_date_up
SELECT r.id FROM unnest(hueandcry_audiences()) AS a(id) CROSS JOIN LATERAL (
    SELECT r.id, r.reported_at FROM exchange_report r
    WHERE r.audience = a.id
      AND (%(id)s::bigint IS NULL OR (r.reported_at, r.id) > (%(at)s::timestamptz, %(id)s::bigint)) AND {filters}
    ORDER BY r.reported_at, r.id LIMIT %(most)s) r
ORDER BY r.reported_at, r.id LIMIT %(most)s

-- name: among
-- The same over the few reports that a search found: they are read again under row-level security and put in order.
SELECT r.id FROM exchange_report r
WHERE r.id = ANY (%(found)s::bigint[]) AND {filters}
ORDER BY CASE %(order)s WHEN 'reported' THEN extract(epoch FROM r.reported_at)
                        WHEN '-reported' THEN -extract(epoch FROM r.reported_at)
                        WHEN 'arrived' THEN r.id WHEN '-arrived' THEN -r.id
                        ELSE array_position(%(found)s::bigint[], r.id) END, r.id DESC

-- name: count
-- How many there are, counted no further than anybody reads.
SELECT count(*) FROM (
    SELECT 1 FROM unnest(hueandcry_audiences()) AS a(id) CROSS JOIN LATERAL (
        SELECT 1 FROM exchange_report r WHERE r.audience = a.id AND {filters} LIMIT %(most)s) r
    LIMIT %(most)s) counted

-- name: search
SELECT report FROM hueandcry_search(%(words)s, %(most)s)

-- name: holding
-- Reports that hold one value, the newest first.
SELECT report_id FROM exchange_observation WHERE observable = %(observable)s
GROUP BY report_id ORDER BY report_id DESC LIMIT %(most)s

-- name: reported_too
-- With how many reports of other organisations each of these shares a value that tells something, looking at no more than
-- 50 for each value; the best linked first. A value tells less the more reports hold it: 0.15 is linkage's "some".
WITH held AS MATERIALIZED (
    SELECT DISTINCT v.report_id, v.observable, v.organisation, h.weight
    FROM exchange_observation v JOIN exchange_observable h ON h.id = v.observable AND h.weight >= 0.2
    WHERE v.report_id = ANY (%(reports)s::bigint[])),
others AS (
    SELECT held.report_id, n.report_id AS other,
        held.weight / ln(2.0 + count(*) OVER (PARTITION BY held.report_id, held.observable)) AS weight
    FROM held CROSS JOIN LATERAL (
        SELECT o.report_id FROM exchange_observation o
        WHERE o.observable = held.observable AND o.organisation <> held.organisation LIMIT 50) n)
SELECT report_id, count(DISTINCT other) FROM others WHERE weight >= 0.15
GROUP BY report_id ORDER BY sum(weight) DESC, report_id DESC

-- name: submission_reported_too
-- How many of a submission's reports share such a value with a report of another organisation.
SELECT count(*) FROM (
    SELECT 1 FROM exchange_report r WHERE r.submission_id = %(submission)s AND EXISTS (
        SELECT 1 FROM exchange_observation v
        JOIN exchange_observable h ON h.id = v.observable AND h.weight >= 0.2
        JOIN exchange_observation o ON o.observable = v.observable AND o.organisation <> v.organisation
        WHERE v.report_id = r.id) LIMIT %(most)s) found
