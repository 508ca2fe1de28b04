-- name: alone
SELECT pg_advisory_xact_lock(8, 0)
