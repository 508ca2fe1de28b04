-- name: listed
-- The crimes that the viewer sees a report of, as asked for, a page from a place on, with how many there are. All is
-- computed from the reports that the viewer sees and that are open to it. A crime's loss is that of its first report that
-- tells one: two that tell of the same loss do not double it.
WITH seen AS MATERIALIZED (
    SELECT c.crime, r.id, r.organisation_id, r.reported_at, coalesce(r.occurred_from, r.reported_at) AS day,
        r.victim_countries, r.victim_sector, r.main_class, r.loss_amount, r.loss_currency
    FROM {crimes} WHERE r.state = 'current' AND {open}),
whole AS MATERIALIZED (
    SELECT s.crime, count(*) AS reports, count(DISTINCT s.organisation_id) AS organisations, min(s.day) AS first,
        max(s.reported_at) AS last,
        (array_agg(s.loss_amount ORDER BY s.id) FILTER (WHERE s.loss_amount > 0
            AND s.loss_currency = %(currency)s))[1] AS loss
    FROM seen s GROUP BY s.crime
    HAVING count(*) >= %(least)s AND (NOT %(several)s OR count(DISTINCT s.organisation_id) > 1)
       AND (%(country)s = '' OR bool_or(%(country)s = ANY (s.victim_countries)))
       AND (%(sector)s = '' OR bool_or(s.victim_sector = %(sector)s))
       AND (%(cls)s = '' OR bool_or(s.main_class = %(cls)s OR starts_with(s.main_class, %(cls)s || '/')))
       AND (%(since)s::timestamptz IS NULL OR max(s.reported_at) >= %(since)s::timestamptz)
       AND (%(until)s::timestamptz IS NULL OR min(s.day) < %(until)s::timestamptz)),
wanted AS MATERIALIZED (
    SELECT w.*, CASE %(order)s WHEN '-reports' THEN w.reports WHEN '-organisations' THEN w.organisations
            WHEN '-loss' THEN coalesce(w.loss, 0) WHEN 'last' THEN -extract(epoch FROM w.last)
            ELSE extract(epoch FROM w.last) END::numeric AS place
    FROM whole w
    WHERE (%(currency)s = '' OR w.loss IS NOT NULL AND w.loss >= %(loss)s)
      AND (NOT %(disputed)s OR w.crime = ANY (%(disputes)s::bigint[])))
SELECT w.crime, w.place, w.reports, w.organisations, w.first, w.last, (SELECT count(*) FROM wanted)
FROM wanted w
WHERE %(after_id)s::bigint IS NULL OR (w.place, w.crime) < (%(after)s::numeric, %(after_id)s::bigint)
ORDER BY w.place DESC, w.crime DESC LIMIT %(most)s;

-- name: recent
-- The latest reports that tell of a crime, from a moment on back, with that crime: each audience of the viewer walks its
-- own index, and the heads are merged. A report of no crime comes with none.
SELECT r.reported_at, c.crime FROM (
    SELECT r.id, r.reported_at FROM unnest(hueandcry_audiences()) AS a(id) CROSS JOIN LATERAL (
        SELECT r.id, r.reported_at FROM exchange_report r
        WHERE r.audience = a.id AND r.state = 'current' AND {open}
            AND (%(at)s::timestamptz IS NULL OR r.reported_at <= %(at)s::timestamptz)
        ORDER BY r.reported_at DESC, r.id DESC LIMIT %(most)s) r
    ORDER BY r.reported_at DESC, r.id DESC LIMIT %(most)s) r
LEFT JOIN linkage_crimereport c ON c.report = r.id ORDER BY r.reported_at DESC, r.id DESC;

-- name: counted
SELECT crimes, reports FROM hueandcry_crimes_counted(%(most)s, %(mask)s);

-- name: reports
-- The reports of these crimes that the viewer sees, the oldest first.
SELECT c.crime, r.id, r.reference, r.title, r.tlp, r.organisation_id, o.name, o.country, r.reported_at, r.occurred_from,
    r.occurred_to, r.main_class, r.victim_countries, r.victim_sector, r.loss_amount, r.loss_currency, r.source_kind
FROM {among} JOIN members_organisation o ON o.id = r.organisation_id
WHERE r.state = 'current' AND {open}
ORDER BY c.crime, coalesce(r.occurred_from, r.reported_at), r.id;

-- name: whole
-- All current reports of these crimes that the viewer sees, whatever their handling asks.
SELECT r.id FROM {among} WHERE r.state = 'current' ORDER BY r.id;

-- name: references
SELECT c.id, c.reference FROM linkage_crime c WHERE c.id = ANY (%(crimes)s::bigint[]);

-- name: disputes
-- Crimes with a pair of reports that people in good faith judge differently, of what the viewer sees.
SELECT DISTINCT c.crime FROM (
    SELECT j.left FROM linkage_judgement j WHERE j.withdrawn_at IS NULL AND j.verdict <> 'unsure'
    GROUP BY j.left, j.right HAVING count(DISTINCT j.verdict) > 1) d
JOIN linkage_crimereport c ON c.report = d.left;

-- name: disputed
-- The same, of these crimes: by their reports, each looked up by its key.
SELECT DISTINCT c.crime
FROM (SELECT x.crime, x.report FROM linkage_crimereport x WHERE x.crime = ANY (%(crimes)s::bigint[]) OFFSET 0) c
CROSS JOIN LATERAL (
    SELECT 1 FROM linkage_judgement j WHERE j.left = c.report AND j.withdrawn_at IS NULL AND j.verdict <> 'unsure'
    GROUP BY j.right HAVING count(DISTINCT j.verdict) > 1 LIMIT 1) d;

-- name: events
-- What happened to a crime, of reports that the viewer sees: rows of one moment and two crimes are one event.
SELECT max(e.id), e.at, e.kind, e.crime, e.other, array_agg(e.report ORDER BY e.report), max(e.judgement), max(e.run),
    max(e.undone_at)
FROM linkage_crimeevent e JOIN exchange_report r ON r.id = e.report
WHERE (e.crime = %(crime)s OR e.other = %(crime)s) AND {open}
GROUP BY e.at, e.kind, e.crime, e.other
ORDER BY max(e.id) DESC LIMIT %(most)s;

-- name: open
-- Of these reports those that the viewer sees and that are open to it.
SELECT r.id FROM exchange_report r WHERE r.id = ANY (%(reports)s::bigint[]) AND r.state = 'current' AND {open} ORDER BY r.id;

-- name: holders
-- The visible reports that hold a value that one of these holds, some for each value; for counting how rare it is.
SELECT DISTINCT n.report_id FROM (
    SELECT DISTINCT v.observable FROM exchange_observation v WHERE v.report_id = ANY (%(reports)s::bigint[]) LIMIT 500) o
CROSS JOIN LATERAL (
    SELECT v.report_id FROM exchange_observation v WHERE v.observable = o.observable LIMIT %(most)s) n
LIMIT 2000;
