-- name: keep
INSERT INTO picture_freeze (at, reason, person, version, reports, crimes, sha256, manifest)
VALUES (%(at)s, %(reason)s, %(person)s, %(version)s, %(reports)s, %(crimes)s, %(sha256)s, %(manifest)s::jsonb)
RETURNING id;

-- name: keep_file
INSERT INTO picture_freezefile (freeze_id, name, sha256, content)
VALUES (%(freeze)s, %(name)s, %(sha256)s, %(content)s);

-- name: due
-- A run of linkage ended, operations included, since the last freeze was taken.
SELECT (SELECT max(u.finished_at) FROM linkage_run u WHERE u.kind = 'crimes' AND u.error = '')
    > coalesce((SELECT max(f.at) FROM picture_freeze f), '-infinity');

-- name: prunable
-- All but the last ones, the first of each month (UTC), and what a release, be it a draft, stands on.
SELECT f.id FROM (
    SELECT id, row_number() OVER (ORDER BY at DESC, id DESC) AS place,
        row_number() OVER (PARTITION BY date_trunc('month', at AT TIME ZONE 'UTC') ORDER BY at, id) AS in_month
    FROM picture_freeze) f
WHERE f.place > %(kept)s AND f.in_month > 1
    AND NOT EXISTS (SELECT 1 FROM picture_release r WHERE r.freeze_id = f.id)
ORDER BY f.id;

-- name: drop_signals
UPDATE picture_signal SET freeze_id = NULL WHERE freeze_id = ANY (%(freezes)s::bigint[]);

-- name: drop_estimates
DELETE FROM picture_estimate WHERE freeze_id = ANY (%(freezes)s::bigint[]);

-- name: drop_files
DELETE FROM picture_freezefile WHERE freeze_id = ANY (%(freezes)s::bigint[]);

-- name: drop
DELETE FROM picture_freeze WHERE id = ANY (%(freezes)s::bigint[]);
