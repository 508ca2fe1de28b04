-- name: chosen
-- One report for each event: where several members hold copies of one, the report that we made the event of goes first
-- (what comes back to us never stands for it), then a copy that stands before one withdrawn, then the latest version, then
-- the first that came. {gate} is the condition that a report r may leave by this door.
SELECT DISTINCT ON (c.uuid) c.id, c.uuid FROM (
    SELECT r.id, r.state, r.version, r.reference::text AS made,
        CASE WHEN r.key ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' AND EXISTS (
            SELECT 1 FROM exchange_object o WHERE o.organisation = r.organisation_id AND o.key = r.key
                AND o.report_id = r.id AND o.kind = 'misp-event')
        THEN r.key ELSE r.reference::text END AS uuid
    FROM exchange_report r WHERE {gate} AND {wanted}) c
ORDER BY c.uuid, c.uuid <> c.made, (c.state = 'withdrawn'), c.version DESC NULLS LAST, c.id

-- name: state
-- What a feed depends on, as one hash: the same while nothing that the viewer may see changed.
WITH chosen AS MATERIALIZED ({chosen})
SELECT count(*), coalesce(md5(string_agg(concat_ws(' ', c.uuid, r.id, r.state, r.tlp, r.pap, r.objects_count,
    r.changed_at, l.at, o.name), ',' ORDER BY c.uuid)), '')
FROM chosen c JOIN exchange_report r ON r.id = c.id
LEFT JOIN members_organisation o ON o.id = r.organisation_id
LEFT JOIN LATERAL (
    SELECT max(h.at) AS at FROM exchange_change h WHERE h.report = r.id AND h.kind <> 'again') l ON true

-- name: events
-- What the head of each event is written from; {report}: what out_report reads of its row. A manifest wants accounts only
-- where they may have been corrected.
-- Moments are few: reading them takes longer than anything else in a manifest.
WITH chosen AS MATERIALIZED ({chosen})
SELECT c.uuid, r.id, greatest(r.created_at, r.changed_at, l.at), r.changed_at > r.created_at,
    greatest(r.changed_at, l.at) > r.created_at, r.restriction, o.name, o.slug, o.created_at, h.text, {report}
FROM chosen c JOIN exchange_report r ON r.id = c.id
LEFT JOIN members_organisation o ON o.id = r.organisation_id
LEFT JOIN LATERAL (
    SELECT max(h.at) AS at FROM exchange_change h WHERE h.report = r.id AND h.kind <> 'again') l ON true
LEFT JOIN LATERAL (
    SELECT e.text FROM exchange_object e
    WHERE e.organisation = r.organisation_id AND e.key = r.key AND e.report_id = r.id AND e.kind = 'misp-event'
    ORDER BY e.version DESC NULLS LAST, e.id DESC LIMIT 1) h ON true
ORDER BY r.id

-- name: headers
-- Each version of these kept events' own texts, event by event, the latest first.
SELECT h.report_id, h.id, h.submission, h.text FROM unnest(%(reports)s::bigint[]) AS k(report) CROSS JOIN LATERAL (
    SELECT e.report_id, e.version, e.id, e.submission, e.text FROM exchange_object e
    WHERE e.report_id = k.report AND e.kind = 'misp-event' ORDER BY e.version DESC NULLS LAST, e.id DESC LIMIT 1000) h
ORDER BY h.report_id, h.version DESC NULLS LAST, h.id DESC

-- name: parts
-- The latest version of each attribute of these kept events, event by event, in the order received.
SELECT a.report_id, a.id, a.submission, a.place, a.text FROM (
    SELECT DISTINCT ON (e.report_id, e.key) e.report_id, e.id, e.submission, e.place, e.text FROM exchange_object e
    WHERE e.report_id = ANY (%(reports)s::bigint[]) AND e.kind = 'misp-attribute'
    ORDER BY e.report_id, e.key, e.version DESC NULLS LAST, e.id DESC) a
ORDER BY a.report_id, a.id

-- name: kept_values
-- Latest attributes of all kept events, for the list of hashes.
WITH chosen AS MATERIALIZED ({chosen})
SELECT DISTINCT ON (e.report_id, e.key) c.uuid, e.text
FROM chosen c JOIN exchange_report r ON r.id = c.id AND r.state <> 'withdrawn'
JOIN exchange_object e ON e.report_id = r.id AND e.kind = 'misp-attribute'
ORDER BY e.report_id, e.key, e.version DESC NULLS LAST, e.id DESC

-- name: told_values
-- Values of all reports that did not come as MISP, for the list of hashes.
WITH chosen AS MATERIALIZED ({chosen})
SELECT c.uuid, b.type, b.value
FROM chosen c JOIN exchange_report r ON r.id = c.id AND r.state <> 'withdrawn'
JOIN exchange_observation v ON v.report_id = r.id JOIN exchange_observable b ON b.id = v.observable
WHERE NOT EXISTS (
    SELECT 1 FROM exchange_object e WHERE e.organisation = r.organisation_id AND e.key = r.key AND e.report_id = r.id
        AND e.kind = 'misp-event')
ORDER BY r.id, v.id

-- name: older
-- Versions of these reports' STIX objects that a later one took the place of; of our own texts only those that hold values.
SELECT o.report_id, o.text FROM exchange_object o
WHERE o.report_id = ANY (%(reports)s::bigint[]) AND NOT o.kind = ANY (%(foreign)s::text[])
    AND (NOT o.ours OR o.kind IN ('incident', 'report'))
    AND EXISTS (SELECT 1 FROM exchange_object n WHERE n.organisation = o.organisation AND n.key = o.key
        AND n.version > o.version AND n.report_id = o.report_id)
ORDER BY o.report_id, o.id LIMIT 100000
