-- name: facts
-- What linkage compares of reports: one row for each current report of an incident among those asked for (NULL: of all),
-- in the order of the columns of linkage_fact. Made by the linker of all reports, and by a viewer of what it sees.
-- A value counts that strangers do not share daily: its weight has warning lists counted in. At most 64 of a group are
-- kept, of the most telling types first: an intelligence bundle of thousands must not be compared with everything.
SELECT r.id AS report, r.organisation_id AS organisation, r.source_kind, r.discoverability = 'hidden' AS leaf,
    -- When a report does not say when, the one date that its account tells does, or its values' first sighting. A day
    -- that is the report's own (an e-mail's date) says no more than that, where the account tells another.
    CASE WHEN d.told IS NOT NULL AND date_trunc('day', r.occurred_from, 'UTC') = date_trunc('day', r.reported_at, 'UTC') THEN d.told
        ELSE coalesce((r.occurred_from AT TIME ZONE 'UTC')::date, d.told, v.first_seen) END AS occurred,
    CASE WHEN d.told IS NOT NULL AND date_trunc('day', r.occurred_from, 'UTC') = date_trunc('day', r.reported_at, 'UTC') THEN d.told
        ELSE coalesce((r.occurred_to AT TIME ZONE 'UTC')::date, d.told, v.last_seen) END AS occurred_to,
    (r.reported_at AT TIME ZONE 'UTC')::date AS reported,
    -- So with the sum of money and the country that only the account names.
    coalesce(r.loss_amount, m.amount)::double precision AS amount,
    CASE WHEN r.loss_amount IS NULL THEN coalesce(m.currency, '') ELSE r.loss_currency::text END AS currency,
    coalesce(r.victim_countries[1]::text, substring(r.account FROM '\m(?:[Ii]n|[Ee]n|à|w|v|em) ([A-Z]{2})\M'), '') AS country,
    r.victim_sector::text AS sector, r.victim_size AS size, r.victim_area AS area, r.victim_reference AS reference,
    r.main_class, ARRAY(SELECT DISTINCT c FROM unnest(r.classes) c ORDER BY c) AS classes,
    ARRAY(SELECT DISTINCT hashtextextended(lower(w), 0) FROM unnest(r.labels[1:16]) w WHERE w ~ '^[[:alpha:] -]+$'
        ORDER BY 1) AS labels,
    -- The words of the account (dates and sums are compared by themselves) with the smallest hashes (bottom-k sketch, Broder 1997): of two accounts, the share of
    -- these in common estimates the share of all words in common.
    CASE WHEN r.account = '' THEN '{}' ELSE ARRAY(
        SELECT w.hash FROM (SELECT hashtextextended(word, 0) AS hash
            FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.simple', left(r.account, 4000)))) word
            WHERE length(word) > 2 AND word !~ '[0-9]') w
        ORDER BY w.hash LIMIT 32) END AS sketch,
    coalesce(v.exact, '{}') AS exact, coalesce(v.money, '{}') AS money, coalesce(v.contact, '{}') AS contact,
    coalesce(v.infrastructure, '{}') AS infrastructure, coalesce(v.victims, '{}') AS victims
FROM exchange_report r
LEFT JOIN LATERAL (
    SELECT array_agg(n.observable ORDER BY n.observable) FILTER (WHERE n.kind = 'exact') AS exact,
        array_agg(n.observable ORDER BY n.observable) FILTER (WHERE n.kind = 'money') AS money,
        array_agg(n.observable ORDER BY n.observable) FILTER (WHERE n.kind = 'contact') AS contact,
        array_agg(n.observable ORDER BY n.observable) FILTER (WHERE n.kind = 'infrastructure') AS infrastructure,
        array_agg(n.observable ORDER BY n.observable) FILTER (WHERE n.kind = 'victims') AS victims,
        min(n.first_seen) AS first_seen, max(n.last_seen) AS last_seen
    FROM (
        SELECT k.observable, k.kind, k.first_seen, k.last_seen,
            row_number() OVER (PARTITION BY k.kind ORDER BY k.weight DESC, k.observable) AS place
        FROM (
            SELECT h.id AS observable, h.weight,
                (min(o.first_seen) AT TIME ZONE 'UTC')::date AS first_seen,
                (max(o.last_seen) AT TIME ZONE 'UTC')::date AS last_seen,
                CASE WHEN bool_or(o.role = 'victim') THEN 'victims' WHEN h.type = 'url' THEN
                    -- a page of its own, or a query, is peculiar to one deed; a bare host is not
                    CASE WHEN h.value ~ '^[^:]+://[^/?]*(/[^?]|[/]?[?].)' THEN 'exact' ELSE 'infrastructure' END
                WHEN h.type IN ('iban', 'payment-card', 'btc-address', 'ltc-address', 'doge-address', 'dash-address',
                    'eth-address', 'trx-address', 'xrp-address', 'xmr-address') THEN 'money'
                WHEN h.type IN ('phone-number', 'email-addr', 'user-account') THEN 'contact'
                WHEN h.type NOT IN ('person-name', 'identity-document', 'text') THEN 'infrastructure' END AS kind
            FROM exchange_observation o JOIN exchange_observable h ON h.id = o.observable
            WHERE o.report_id = r.id AND h.weight >= 0.2
            GROUP BY h.id) k
        WHERE k.kind IS NOT NULL) n
    WHERE n.place <= 64) v ON true
LEFT JOIN LATERAL (
    SELECT min(m.told) AS told FROM (
        SELECT (f[1] || '-01')::date + f[2]::integer - 1 AS told  -- a 31st of February is no fault here
        FROM regexp_matches(left(r.account, 4000), '\m(20[0-9]{2}-(?:0[1-9]|1[0-2]))-([0-2][0-9]|3[01])\M', 'g') f
        WHERE r.account <> '') m
    WHERE m.told BETWEEN (r.reported_at - interval '800 days')::date AND (r.reported_at + interval '2 days')::date
    HAVING count(DISTINCT m.told) = 1) d ON true
-- The one sum in the account: digits, perhaps parted, and a currency's code behind them or before.
LEFT JOIN LATERAL (
    SELECT min(regexp_replace(regexp_replace(s.digits, '[.,][0-9]{1,2}$', ''), '[^0-9]', '', 'g')::numeric) AS amount,
        min(s.currency) AS currency
    FROM (
        SELECT f[1] AS digits, f[2] AS currency
        FROM regexp_matches(left(r.account, 4000), '\m([0-9][0-9., ]{0,16}) ?([A-Z]{3})\M', 'g') f
        UNION SELECT f[2], f[1] FROM regexp_matches(left(r.account, 4000), '\m([A-Z]{3}) ?([0-9][0-9., ]{0,16}[0-9])\M', 'g') f) s
    WHERE r.loss_amount IS NULL AND r.account <> '' AND position(s.currency IN
        'AUD BGN BRL CAD CHF CNY CZK DKK EUR GBP GEL HKD HNL HUF IDR ILS INR JPY KES KRW LKR MDL MKD MWK MXN MYR NGN NOK NPR'
        ' NZD PHP PKR PLN RON RSD SEK SGD THB TRY UAH UGX USD XAF XOF ZAR') > 0
    HAVING count(*) = 1) m ON true
WHERE r.state = 'current' AND r.kind = 'incident'
  AND (%(reports)s::bigint[] IS NULL OR r.id = ANY (%(reports)s::bigint[]));
