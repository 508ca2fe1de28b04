-- name: ranked
-- The operations that the viewer sees something of, by harm and by whether acting is possible; all from the reports
-- that the viewer sees, also when it was found: one that was there before the first of them came would tell that there
-- is more. A crime's loss is that of its first report that tells one, so that none counts twice. Losses
-- are compared within a currency only. Acting counts what was seen in use within %(lately)s days.
WITH seen AS MATERIALIZED (
    SELECT oc.operation, oc.crime, r.id, r.organisation_id, r.main_class, r.loss_amount, r.loss_currency,
        r.victim_countries, r.created_at, coalesce(r.occurred_from, r.reported_at) AS day,
        greatest(r.occurred_to, r.occurred_from, r.reported_at) >= now() - %(lately)s * interval '1 day' AS lately
    FROM hueandcry_operations_all_seen() oc JOIN exchange_report r ON r.id = oc.report
    WHERE r.state = 'current' AND {open}),
whole AS MATERIALIZED (
    SELECT operation, count(DISTINCT crime) AS crimes, count(DISTINCT id) AS reports,
        count(DISTINCT organisation_id) AS organisations, min(day) AS first, max(day) AS last, min(created_at) AS came,
        bool_or(organisation_id = %(organisation)s) AS mine,
        bool_or(main_class = %(cls)s OR main_class LIKE %(cls)s || '/%%') AS of_class,
        bool_or(%(country)s = ANY (victim_countries)) AS of_country,
        array_agg(DISTINCT organisation_id) AS holders
    FROM seen GROUP BY operation),
wanted AS MATERIALIZED (
    SELECT w.* FROM whole w
    WHERE w.crimes >= %(least)s AND (%(cls)s = '' OR w.of_class) AND (%(country)s = '' OR w.of_country)
        AND (%(since)s::timestamptz IS NULL OR w.last >= %(since)s) AND (NOT %(mine)s OR w.mine)
        AND (%(value)s::bigint IS NULL OR EXISTS (
            SELECT 1 FROM exchange_observation v JOIN seen s ON s.id = v.report_id
            WHERE v.observable = %(value)s AND s.operation = w.operation))),
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
    SELECT operation, count(DISTINCT country) AS countries FROM seen, unnest(victim_countries) AS country GROUP BY operation),
means AS (
    SELECT operation, count(*) FILTER (WHERE kind = 'infrastructure') AS infrastructure,
        count(*) FILTER (WHERE kind = 'account') AS accounts, count(*) FILTER (WHERE kind = 'contact') AS contacts
    FROM (
        SELECT DISTINCT s.operation, h.id, CASE WHEN h.type = ANY (%(infrastructure)s) THEN 'infrastructure'
            WHEN h.type = ANY (%(contacts)s) THEN 'contact'
            WHEN h.type = 'iban' AND left(h.value, 2) IN (
                SELECT country FROM members_organisation WHERE state = 'vetted') THEN 'account' END AS kind
        FROM seen s JOIN exchange_observation v ON v.report_id = s.id AND v.role <> 'victim'
        JOIN exchange_observable h ON h.id = v.observable AND h.weight >= %(telling)s
        WHERE s.lately) u
    GROUP BY operation),
parts AS (
    SELECT w.*, coalesce(m.infrastructure, 0) AS infrastructure, coalesce(m.accounts, 0) AS accounts,
        coalesce(m.contacts, 0) AS contacts, coalesce(p.countries, 0) AS countries,
        coalesce(l.place, 0) AS loss_place, coalesce(l.loss_currency, '') AS loss_currency,
        (SELECT count(*) FROM members_organisation o
         WHERE o.id = ANY (w.holders) AND o.kind = 'law-enforcement') AS police,
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
ordered AS (SELECT s.*, round((100 * harm * (.5 + .5 * acting))::numeric, 4) AS score FROM scored s)
SELECT o.id, o.reference, greatest(o.formed_at, s.came), s.crimes, s.reports, s.organisations, s.first, s.last, s.mine, s.countries,
    s.infrastructure, s.accounts, s.contacts, s.police, s.loss_place, s.loss_currency, s.crimes_share, s.recent_share,
    s.harm, s.acting, s.score, (SELECT count(*) FROM ordered)
FROM ordered s JOIN linkage_operation o ON o.id = s.operation
WHERE (%(only)s::bigint IS NULL OR s.operation = %(only)s)
    AND (%(after_score)s::numeric IS NULL OR (s.score, -s.operation) < (%(after_score)s, -%(after_id)s::bigint))
ORDER BY s.score DESC, s.operation LIMIT %(most)s;

-- name: whole
-- All current reports of these operations that the viewer sees, whatever their handling asks.
SELECT DISTINCT r.id FROM hueandcry_operations_seen(%(operations)s::bigint[]) oc JOIN exchange_report r ON r.id = oc.report
WHERE r.state = 'current' ORDER BY r.id;

-- name: losses
-- Losses of these operations by currency, each crime counted once: by its first report that tells a loss.
SELECT operation, loss_currency, sum(loss_amount), count(*) FROM (
    SELECT DISTINCT ON (oc.crime) oc.operation, r.loss_currency, r.loss_amount
    FROM hueandcry_operations_seen(%(operations)s::bigint[]) oc JOIN exchange_report r ON r.id = oc.report
    WHERE r.state = 'current' AND {open} AND r.loss_amount > 0 AND r.loss_currency <> ''
    ORDER BY oc.crime, r.id) c
GROUP BY operation, loss_currency ORDER BY operation, sum(loss_amount) DESC, loss_currency;

-- name: classes
-- How many crimes of these operations are of each class, by what most of their reports say; the commonest first.
SELECT operation, main_class, count(*) FROM (
    SELECT oc.operation, oc.crime, mode() WITHIN GROUP (ORDER BY r.main_class) AS main_class
    FROM hueandcry_operations_seen(%(operations)s::bigint[]) oc JOIN exchange_report r ON r.id = oc.report
    WHERE r.state = 'current' AND {open} AND r.main_class <> ''
    GROUP BY oc.operation, oc.crime) c
GROUP BY operation, main_class ORDER BY operation, count(*) DESC, main_class;

-- name: countries
-- How many crimes of these operations hit each country; a crime that hit two counts in both.
SELECT oc.operation, country, count(DISTINCT oc.crime)
FROM hueandcry_operations_seen(%(operations)s::bigint[]) oc JOIN exchange_report r ON r.id = oc.report CROSS JOIN LATERAL unnest(r.victim_countries) AS country
WHERE r.state = 'current' AND {open}
GROUP BY oc.operation, country ORDER BY oc.operation, count(DISTINCT oc.crime) DESC, country;
