-- Days as numbers. A report that does not say when it happened stands under the day it was reported.
WITH told AS (SELECT report, leaf, coalesce(occurred, reported) - DATE '2000-01-01' AS day FROM facts),
held AS MATERIALIZED (
    SELECT DISTINCT h.report, h.value, t.leaf, t.day // {days} AS bucket, t.day // 7 AS week
    FROM ({kinds}) h JOIN told t ON t.report = h.report),
-- Within three weeks about this one, so many reports hold the value. One that its owner keeps hidden counts for itself
-- alone: it must not change what ties two others.
weekly AS (SELECT value, week, count(*) FILTER (NOT leaf) AS reports, count(*) AS every FROM held GROUP BY value, week),
crowds AS (
    SELECT m.value, m.week, sum(n.every)::INTEGER AS every, -- eight days apart may be two weeks by number
        sum(n.reports) FILTER (WHERE n.week BETWEEN m.week - 1 AND m.week + 1)::INTEGER AS crowd
    FROM weekly m JOIN weekly n ON n.value = m.value AND n.week BETWEEN m.week - 2 AND m.week + 2
    GROUP BY m.value, m.week),
counted AS (SELECT h.*, c.crowd + h.leaf::INTEGER AS crowd, c.every FROM held h JOIN crowds c USING (value, week)),
-- Lists of one order: what is asked of each value is asked of the lists, in a third of the time of lists that filter.
listed AS (
    SELECT report, list(value) AS shared, list(crowd) AS crowds, list(every > 1) AS met, any_value(bucket) AS bucket
    FROM counted WHERE crowd <= {crowd} GROUP BY report),
values_of AS (
    SELECT report, list_sort(shared) AS shared, {tiers},
        -- Two reports at most {days} days apart have one of these in common for each value that they share. A value that
        -- no other holds in these weeks brings nothing together.
        list_sort(list_concat(list_transform(list_where(shared, met), lambda v: (hash(v, bucket) >> 1)::BIGINT),
            list_transform(list_where(shared, met), lambda v: (hash(v, bucket + 1) >> 1)::BIGINT))) AS near
    FROM listed),
sums AS (SELECT f.report, ln(f.amount / r.rate) AS worth FROM facts f JOIN rates r USING (currency) WHERE f.amount > 0),
-- Likewise for sums about as large, for nearly the same sums in fewer days, and for victims who live near each other.
keyed AS MATERIALIZED (
    SELECT f.report, f.leaf, TRUE AS is_sum, unnest([
        hash(f.country, i // 4, floor(s.worth / CASE WHEN i < 4 THEN {sum_width} ELSE {sum_width} / 8 END)::INTEGER + i // 2 % 2,
            t.day // CASE WHEN i < 4 THEN {sum_days} ELSE {place_days} END + i % 2) >> 1 FOR i IN range(8)])::BIGINT AS key
    FROM facts f JOIN told t ON t.report = f.report JOIN sums s ON s.report = f.report WHERE f.country <> ''
    UNION ALL
    SELECT f.report, f.leaf, FALSE, unnest([hash(f.country, f.area, t.day // {place_days} + i) >> 1 FOR i IN range(2)])::BIGINT
    FROM facts f JOIN told t ON t.report = f.report WHERE f.area <> '' AND f.country <> ''),
-- A key that too many hold brings nothing together: where reports are dense, only the closer sums do. What hidden
-- reports hold does not count for others. Nor does a key that one alone holds.
held_by AS (
    SELECT key, count(*) FILTER (NOT leaf) AS seen, count(*) AS held FROM keyed GROUP BY key
    HAVING count(*) > 1 AND count(*) FILTER (NOT leaf) <= {block}),
keys AS (
    SELECT k.report, list_sort(list(k.key) FILTER (k.is_sum)) AS sums, list_sort(list(k.key) FILTER (NOT k.is_sum)) AS places
    FROM keyed k JOIN held_by h USING (key) WHERE NOT k.leaf OR h.held <= {block} GROUP BY k.report)
SELECT f.report, f.organisation, f.leaf, f.source_kind,
    CASE WHEN f.occurred IS NOT NULL THEN t.day END AS day,
    CASE WHEN f.amount > 0 THEN f.amount END AS amount, CASE WHEN f.amount > 0 THEN nullif(f.currency, '') END AS currency, s.worth,
    nullif(f.country, '') AS country, CASE WHEN f.area <> '' AND f.country <> '' THEN f.country || ' ' || f.area END AS area,
    nullif(f.reference, '') AS reference, nullif(f.sector, '') AS sector, nullif(f.size, '') AS size,
    f.classes, f.labels,
    f.sketch, f.exact, f.money, f.contact, f.infrastructure, f.victims,
    coalesce(v.shared, []) AS shared, {none}, coalesce(v.near, []) AS near,
    coalesce(k.sums, []) AS sums, coalesce(k.places, []) AS places
FROM facts f JOIN told t ON t.report = f.report
LEFT JOIN values_of v ON v.report = f.report LEFT JOIN sums s ON s.report = f.report
LEFT JOIN keys k ON k.report = f.report

