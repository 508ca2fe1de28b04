-- name: insert_written
-- Objects that we wrote, out of one JSON text, in its order.
INSERT INTO exchange_object (organisation, submission, report_id, audience, key, kind, version, digest, revoked, place,
    ours, text)
SELECT %s::bigint, t.submission, t.report, t.audience, t.key, t.kind, t.version, decode(t.digest, 'hex'), t.revoked, '',
    true, t.text
FROM ROWS FROM (json_to_recordset(%s::json) AS (report bigint, submission bigint, audience integer, key text, kind text,
    version timestamptz, digest text, revoked boolean, text text))
    WITH ORDINALITY AS t(report, submission, audience, key, kind, version, digest, revoked, text, n)
ORDER BY t.n
RETURNING report_id, audience, id

-- name: to_revise
-- Of each object that has versions the text received last, where its latest version does not say what the report's state
-- wants: revoked by nobody yet; or by us, and the report is current again.
SELECT o.text, l.version
FROM (SELECT DISTINCT ON (x.key) x.key, x.hash, x.version, x.revoked, x.ours FROM exchange_object x
      WHERE x.report_id = %(report)s AND x.version IS NOT NULL AND x.kind <> 'marking-definition'
        AND (%(revoked)s OR EXISTS (SELECT 1 FROM exchange_object w WHERE w.report_id = %(report)s AND w.ours))
      ORDER BY x.key, x.version DESC, x.id DESC) l
CROSS JOIN LATERAL (SELECT y.text FROM exchange_object y
      WHERE y.hash = l.hash AND y.key = l.key AND y.report_id = %(report)s AND NOT y.ours
      ORDER BY y.version DESC, y.id DESC LIMIT 1) o
WHERE l.revoked <> %(revoked)s AND (%(revoked)s OR l.ours)
  AND (NOT %(revoked)s OR NOT EXISTS (
      SELECT 1 FROM exchange_object z WHERE z.hash = l.hash AND z.organisation <> %(organisation)s))
