-- name: start
INSERT INTO linkage_run (kind, engine, figures, error) VALUES (%(kind)s, %(engine)s, '{}', '') RETURNING id;

-- name: finish
UPDATE linkage_run SET finished_at = clock_timestamp(), model = %(model)s::bigint, figures = %(figures)s::jsonb,
    error = %(error)s
WHERE id = %(run)s;

-- name: forget
-- Within the transaction that writes what was found.
DELETE FROM linkage_run WHERE kind = %(kind)s AND id NOT IN (
    SELECT id FROM linkage_run WHERE kind = %(kind)s ORDER BY id DESC LIMIT %(kept)s);
