-- name: narrowed
-- The operations of ``seen``, and which of them are asked for: what a list and a file of it have in common.
whole AS MATERIALIZED (
    SELECT operation, count(DISTINCT crime) AS crimes, count(DISTINCT id) AS reports,
        count(DISTINCT organisation_id) AS organisations, min(day) AS first, max(day) AS last, min(created_at) AS came,
        bool_or(organisation_id = %(organisation)s) AS mine,
        bool_or(main_class = %(cls)s OR main_class LIKE %(cls)s || '/%%') AS of_class,
        bool_or(%(country)s = ANY (victim_countries)) AS of_country,
        count(DISTINCT organisation_id) FILTER (WHERE organisation_id IN (
            SELECT o.id FROM members_organisation o WHERE o.kind = 'law-enforcement')) AS police
    FROM seen GROUP BY operation),
wanted AS MATERIALIZED (
    SELECT w.* FROM whole w
    WHERE (%(only)s::bigint IS NULL OR w.operation = %(only)s)
        AND w.crimes >= %(least)s AND (%(cls)s = '' OR w.of_class) AND (%(country)s = '' OR w.of_country)
        AND (%(since)s::timestamptz IS NULL OR w.last >= %(since)s) AND (NOT %(mine)s OR w.mine)
        AND (%(value)s::bigint IS NULL OR EXISTS (
            SELECT 1 FROM exchange_observation v JOIN seen s ON s.id = v.report_id
            WHERE v.observable = %(value)s AND s.operation = w.operation)))

-- name: ranked
-- The operations that the viewer sees something of, by harm and by whether acting is possible; all from the reports
-- that the viewer sees, also when it was found: one that was there before the first of them came would tell that there
-- is more. A crime's loss is that of its first report that tells one, so that none counts twice. Losses
-- are compared within a currency only. Acting counts what was seen in use within %(lately)s days.
WITH seen AS MATERIALIZED (
    SELECT oc.operation, oc.crime, r.id, r.organisation_id, r.main_class, r.loss_amount, r.loss_currency,
        r.victim_countries, r.created_at, coalesce(r.occurred_from, r.reported_at) AS day,
        greatest(r.occurred_to, r.occurred_from, r.reported_at) >= now() - %(lately)s * interval '1 day' AS lately
    FROM {of_those} WHERE r.state = 'current' AND {open}),
{narrowed},
lost AS (
    SELECT operation, loss_currency, sum(loss_amount) AS amount FROM (
        SELECT DISTINCT ON (crime) operation, crime, loss_currency, loss_amount FROM seen
        WHERE loss_amount > 0 AND loss_currency <> '' ORDER BY crime, id) c
    GROUP BY operation, loss_currency),
placed AS (
    SELECT operation, loss_currency, cume_dist() OVER (PARTITION BY loss_currency ORDER BY amount) AS place FROM lost),
loss AS (
    SELECT DISTINCT ON (operation) operation, place, loss_currency FROM placed ORDER BY operation, place DESC, loss_currency),
spread AS (
    SELECT operation, count(DISTINCT country) AS countries FROM seen, unnest(victim_countries) AS country
    WHERE operation IN (SELECT w.operation FROM wanted w) GROUP BY operation),
used AS MATERIALIZED (
    SELECT DISTINCT s.operation, v.observable FROM seen s JOIN exchange_observation v ON v.report_id = s.id
    WHERE s.lately AND v.role <> 'victim' AND s.operation IN (SELECT w.operation FROM wanted w)),
means AS (
    SELECT u.operation, count(*) FILTER (WHERE h.type = ANY (%(infrastructure)s)) AS infrastructure,
        count(*) FILTER (WHERE h.type = 'iban' AND left(h.value, 2) IN (
            SELECT country FROM members_organisation WHERE state = 'vetted')) AS accounts,
        count(*) FILTER (WHERE h.type = ANY (%(contacts)s)) AS contacts
    FROM used u CROSS JOIN LATERAL (SELECT * FROM exchange_observable x WHERE x.id = u.observable OFFSET 0) h
    WHERE h.weight >= %(telling)s GROUP BY u.operation),
parts AS MATERIALIZED (
    SELECT w.*, coalesce(m.infrastructure, 0) AS infrastructure, coalesce(m.accounts, 0) AS accounts,
        coalesce(m.contacts, 0) AS contacts, coalesce(p.countries, 0) AS countries,
        coalesce(l.place, 0) AS loss_place, coalesce(l.loss_currency, '') AS loss_currency,
        ln(1.0 + w.crimes) / ln(1.0 + greatest(2, (SELECT max(crimes) FROM whole))) AS crimes_share,
        exp(-greatest(0, extract(epoch FROM now() - w.last)) / 86400.0 / %(fading)s) AS recent_share
    FROM wanted w LEFT JOIN means m USING (operation) LEFT JOIN spread p USING (operation)
    LEFT JOIN loss l USING (operation)),
scored AS (
    SELECT p.*,
        .4 * crimes_share + .3 * loss_place + .1 * (1 - 1 / greatest(1.0, countries)) + .2 * recent_share AS harm,
        .4 * (1 - exp(-infrastructure / 3.0)) + .3 * (1 - exp(-accounts / 2.0)) + .2 * (1 - exp(-contacts / 2.0))
            + .1 * least(1, police) AS acting
    FROM parts p),
ordered AS MATERIALIZED (SELECT s.*, round((100 * harm * (.5 + .5 * acting))::numeric, 4) AS score FROM scored s),
page AS MATERIALIZED (
    SELECT * FROM ordered s
    WHERE %(after_score)s::numeric IS NULL OR (s.score, -s.operation) < (%(after_score)s, -%(after_id)s::bigint)
    ORDER BY s.score DESC, s.operation LIMIT %(most)s),
shown AS MATERIALIZED (SELECT * FROM seen WHERE operation IN (SELECT p.operation FROM page p)),
-- Losses by currency, each crime counted once; how many crimes are of each class, by what most of their reports say; how
-- many hit each country, a crime that hit two counted in both.
facets AS (
    SELECT operation, 'loss' AS facet, loss_currency AS key, sum(loss_amount) AS amount, count(*) AS crimes FROM (
        SELECT DISTINCT ON (crime) operation, crime, loss_currency, loss_amount FROM shown
        WHERE loss_amount > 0 AND loss_currency <> '' ORDER BY crime, id) c
    GROUP BY operation, loss_currency
    UNION ALL
    SELECT operation, 'class', main_class, 0, count(*) FROM (
        SELECT operation, crime, mode() WITHIN GROUP (ORDER BY main_class) AS main_class FROM shown
        WHERE main_class <> '' GROUP BY operation, crime) c
    GROUP BY operation, main_class
    UNION ALL
    SELECT operation, 'country', country, 0, count(DISTINCT crime)
    FROM shown CROSS JOIN LATERAL unnest(victim_countries) AS country GROUP BY operation, country),
told AS MATERIALIZED (
    SELECT operation, array_agg(ARRAY[facet, key, amount::text, crimes::text] ORDER BY amount DESC, crimes DESC, key) AS facets
    FROM facets GROUP BY operation)
SELECT o.id, o.reference, greatest(o.formed_at, s.came), s.crimes, s.reports, s.organisations, s.first, s.last, s.mine, s.countries,
    s.infrastructure, s.accounts, s.contacts, s.police, s.loss_place, s.loss_currency, s.crimes_share, s.recent_share,
    s.harm, s.acting, s.score, t.facets, (SELECT count(*) FROM ordered)
FROM page s JOIN linkage_operation o ON o.id = s.operation LEFT JOIN told t ON t.operation = s.operation
ORDER BY s.score DESC, s.operation;

-- name: made_of
-- All current reports that the viewer sees, whatever their handling asks, of the operations asked for and of these
-- besides; with each how many were asked for. It reads what the viewer sees once, and ranks nothing.
WITH told AS MATERIALIZED (
    SELECT oc.operation, oc.crime, r.id, r.organisation_id, r.main_class, r.victim_countries, r.created_at,
        coalesce(r.occurred_from, r.reported_at) AS day, {open} AS open
    FROM {of_those} WHERE r.state = 'current'),
seen AS MATERIALIZED (SELECT * FROM told WHERE open),
{narrowed}
SELECT DISTINCT t.id, (SELECT count(*) FROM wanted) FROM told t
WHERE t.operation = ANY (%(operations)s::bigint[]) OR t.operation IN (SELECT w.operation FROM wanted w) ORDER BY t.id;

-- name: whole
-- All current reports of these operations that the viewer sees, whatever their handling asks.
SELECT DISTINCT r.id FROM {of_several}
WHERE r.state = 'current' ORDER BY r.id;
