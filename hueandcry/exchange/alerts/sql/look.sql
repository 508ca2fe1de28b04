-- name: note
-- Hold what changed against all saved searches of one person at once, as that person; what is found is one select for
-- each search. What is new is noted, what is told at once is marked as told; gives how much is new to each search, and how
-- much of that is not for one person's eyes.
WITH changed AS (
    SELECT * FROM unnest(%(reports)s::bigint[], %(numbers)s::bigint[]) AS c(report, number)),
seen AS MATERIALIZED (
    SELECT c.number, r.id, r.main_class, r.victim_countries, r.victim_sector, r.source_kind, r.tlp, r.state, r.kind,
        r.organisation_id, r.submission_id, r.reported_at, r.holds
    FROM changed c JOIN exchange_report r ON r.id = c.report),
worded AS MATERIALIZED (
    SELECT place, report FROM hueandcry_changed_matching(
        (SELECT array_agg(id) FROM seen), %(searches)s::text[], %(observables)s::bigint[])),
found (alert, report) AS ({found}),
noted AS (
    INSERT INTO exchange_alertmatch (alert_id, report) SELECT alert, report FROM found ORDER BY alert, report
    ON CONFLICT DO NOTHING RETURNING id, alert_id, report),
fresh AS (
    SELECT n.alert_id, count(*) AS count, count(*) FILTER (WHERE s.tlp <> 'RED') AS open, max(n.id) AS last
    FROM noted n JOIN seen s ON s.id = n.report GROUP BY n.alert_id),
told AS (
    UPDATE exchange_alert a SET told = fresh.last FROM fresh
    WHERE a.id = fresh.alert_id AND a.often IN ('at once', 'never'))
SELECT alert_id, count, open FROM fresh

-- name: all
SELECT %(alert)s::bigint, r.id FROM seen r WHERE r.number > %(looked)s AND {filters}

-- name: worded
SELECT %(alert)s::bigint, r.id FROM seen r JOIN worded w ON w.report = r.id AND w.place = %(place)s
WHERE r.number > %(looked)s AND {filters}

-- name: waiting
-- What a search has not told yet, as far as its owner may still see it.
SELECT count(*), count(*) FILTER (WHERE r.tlp <> 'RED'), max(m.id)
FROM exchange_alertmatch m JOIN exchange_report r ON r.id = m.report
WHERE m.alert_id = %(alert)s AND m.id > %(told)s
