-- name: shared_values
-- What a report holds, with how many other visible reports and organisations hold it too. At most %(cap)s others are
-- looked at for one value: a value that everyone reports ranks low and still answers.
WITH own AS MATERIALIZED (
    SELECT v.observable, min(v.role) AS role, min(v.first_seen) AS first_seen, max(v.last_seen) AS last_seen,
        max(v.claimed) AS claimed
    FROM exchange_observation v WHERE v.report_id = %(report)s GROUP BY v.observable)
SELECT own.observable, h.type, h.value, h.weight, h.warnings, own.role, own.first_seen, own.last_seen, own.claimed,
    n.reports, n.organisations, n.seen
FROM own JOIN exchange_observable h ON h.id = own.observable
CROSS JOIN LATERAL (
    SELECT count(DISTINCT report_id) AS reports, count(DISTINCT organisation) AS organisations, count(*) AS seen
    FROM (SELECT v.report_id, v.organisation FROM exchange_observation v
          WHERE v.observable = own.observable AND v.report_id <> %(report)s LIMIT %(cap)s) others) n
ORDER BY (n.reports > 0) DESC, h.weight / ln(2.0 + n.reports) DESC, h.type, h.value
LIMIT %(most)s;

-- name: neighbours
-- The visible reports that share values with this one, the most telling first. The weight of a shared value falls with
-- the number of reports that hold it (its document frequency among what the viewer sees).
WITH own AS MATERIALIZED (
    SELECT DISTINCT v.observable FROM exchange_observation v WHERE v.report_id = %(report)s LIMIT %(values)s),
pairs AS MATERIALIZED (
    SELECT own.observable, n.report_id
    FROM own CROSS JOIN LATERAL (
        SELECT v.report_id FROM exchange_observation v
        WHERE v.observable = own.observable AND v.report_id <> %(report)s LIMIT %(cap)s) n
    GROUP BY own.observable, n.report_id),
frequency AS MATERIALIZED (SELECT observable, count(*) AS n FROM pairs GROUP BY observable),
weighed AS MATERIALIZED (
    SELECT f.observable, f.n, h.weight / ln(2.0 + f.n) AS weight
    FROM frequency f JOIN exchange_observable h ON h.id = f.observable),
ranked AS (
    SELECT p.report_id, sum(w.weight) AS weight, count(*) AS shared,
        (array_agg(p.observable ORDER BY w.weight DESC, p.observable))[1:3] AS best
    FROM pairs p JOIN weighed w USING (observable)
    GROUP BY p.report_id ORDER BY weight DESC, p.report_id DESC LIMIT %(most)s)
SELECT r.id, r.reference, r.title, r.tlp, r.state, r.organisation_id, o.name, o.country, r.reported_at, r.main_class,
    ranked.weight, ranked.shared,
    (SELECT array_agg(h.type || ' ' || h.value ORDER BY b.n) FROM unnest(ranked.best) WITH ORDINALITY AS b(id, n)
     JOIN exchange_observable h ON h.id = b.id) AS best
FROM ranked JOIN exchange_report r ON r.id = ranked.report_id
JOIN members_organisation o ON o.id = r.organisation_id
ORDER BY ranked.weight DESC, r.id DESC;
