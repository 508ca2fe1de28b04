-- name: requests_to_us
-- Parts of others' requests, those overdue first; the key of a page is (late, id) of its last row.
SELECT r.late, r.id, r.reference, r.asker, r.purpose, r.held, r.reports, r.state, r.at, r.answer_by, r.waits
FROM (
    SELECT p.id, a.reference, o.name AS asker, a.purpose, cardinality(p.observables) AS held, cardinality(p.reports) AS reports,
        p.state, a.at, a.answer_by, p.state = 'open' AND a.answer_by < %(today)s::date AS late,
        p.state = 'open' AND p.question <> '' AND p.reply = '' AS waits
    FROM exchange_askpart p JOIN exchange_ask a ON a.id = p.ask_id LEFT JOIN members_organisation o ON o.id = a.organisation
    WHERE p.owner = hueandcry_organisation()) r
WHERE (%(state)s = '' OR r.state = %(state)s) AND (NOT %(overdue)s OR r.late)
    AND (%(late)s::boolean IS NULL OR (r.late, r.id) < (%(late)s::boolean, %(after)s::bigint))
ORDER BY r.late DESC, r.id DESC LIMIT %(most)s;

-- name: requests_of_ours
-- Our own requests with what became of their parts, of which nothing is told but their state.
SELECT r.late, r.id, r.reference, r.person, r.purpose, r.held, r.parts, r.states, r.at, r.answer_by, r.waits
FROM (
    SELECT a.id, a.reference, a.person, a.purpose, (SELECT count(*) FROM exchange_askvalue v WHERE v.ask_id = a.id) AS held,
        coalesce(p.parts, 0) AS parts, coalesce(p.states, '{}') AS states, a.at, a.answer_by,
        coalesce('open' = ANY (p.states), false) AND a.answer_by < %(today)s::date AS late, coalesce(p.waits, false) AS waits
    FROM exchange_ask a LEFT JOIN (
        SELECT request, count(*) AS parts, array_agg(state ORDER BY state) AS states,
            bool_or(state = 'open' AND question <> '' AND reply = '') AS waits
        FROM hueandcry_ask_parts(ARRAY(
            SELECT id FROM exchange_ask WHERE organisation = hueandcry_organisation() ORDER BY id DESC LIMIT 5000))
        GROUP BY request) p ON p.request = a.id
    WHERE a.organisation = hueandcry_organisation()) r
WHERE (%(state)s = '' OR %(state)s = ANY (r.states)) AND (NOT %(overdue)s OR r.late)
    AND (%(late)s::boolean IS NULL OR (r.late, r.id) < (%(late)s::boolean, %(after)s::bigint))
ORDER BY r.late DESC, r.id DESC LIMIT %(most)s;

-- name: open_requests
SELECT (SELECT count(*) FROM exchange_askpart p WHERE p.owner = hueandcry_organisation() AND p.state = 'open'),
    (SELECT count(DISTINCT request) FROM hueandcry_ask_parts(ARRAY(
        SELECT id FROM exchange_ask WHERE organisation = hueandcry_organisation() ORDER BY id DESC LIMIT 5000))
     WHERE state = 'open');
