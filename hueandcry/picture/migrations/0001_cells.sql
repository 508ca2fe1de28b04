-- Counts over every report whose purpose allows statistics, whoever may see it; only cells that protect leave.
--
-- A group of reports is *protected* when it is empty, or holds at least 10 reports from at least 3 organisations.
-- 1. A cell is shown when it is protected and not empty.
-- 2. No subtraction of two answers gives a small group. `mask` says exactly which of the filters set a report fails, so
--    filters and cell part all reports into groups (in the cell or not, by what they fail), and any two nested answers
--    differ by some of these groups: each of them has to be protected. One filter at a time is not enough: where those
--    who fail fail two filters together, neither filter alone shows them, and both together would.
-- 3. Where the cells of a dimension leave a small remainder to the total, the smallest cell shown is hidden with it.
-- 4. Three or more answers can still be played off against each other (the cell hidden by 3 can be asked for with a
--    filter). So no answer is exact: reports are rounded to the nearest 5, organisations down to 3, 5, 10, 15 and on.
--    Three answers then leave a doubt of plus or minus 6, which is as wide as a small cell is large.
-- A cell that is not shown may be empty: the answer does not tell which.
-- What is counted, narrow: a report with its account is a kilobyte, this a tenth of it, and is read without the table.
CREATE INDEX report_statistics ON exchange_report (reported_at)
    INCLUDE (organisation_id, victim_countries, victim_sector, main_class, source_kind)
    WHERE state = 'current' AND 'statistics' = ANY (purpose);

CREATE FUNCTION hueandcry_picture(year integer, country text, sector text, class text, source text)
RETURNS TABLE (dimension text, cell text, reports bigint, organisations bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
-- The steps have no statistics, so that the planner takes each for one row and would loop over them, or sort them; nor is compiling
-- worth while.
SET enable_nestloop = off SET enable_mergejoin = off SET enable_sort = off SET jit = off AS $$
    WITH facts AS MATERIALIZED (
        SELECT r.organisation_id AS body, date_trunc('month', r.reported_at AT TIME ZONE 'UTC') AS month,
            r.victim_countries AS countries, r.victim_sector AS s, r.main_class AS c, r.source_kind AS k,
            CASE WHEN date_part('year', r.reported_at AT TIME ZONE 'UTC') <> hueandcry_picture.year THEN 1 ELSE 0 END
            + CASE WHEN hueandcry_picture.country IS NOT NULL -- as nothing is in an empty list, not even an unset filter
                    AND NOT hueandcry_picture.country = ANY (r.victim_countries) THEN 2 ELSE 0 END
            + CASE WHEN r.victim_sector <> hueandcry_picture.sector THEN 4 ELSE 0 END
            + CASE WHEN r.main_class <> hueandcry_picture.class THEN 8 ELSE 0 END
            + CASE WHEN r.source_kind <> hueandcry_picture.source THEN 16 ELSE 0 END AS mask
        FROM exchange_report r
        WHERE r.state = 'current' AND 'statistics' = ANY (r.purpose) AND 2 = ANY (hueandcry_principals())),
    -- How many reports each organisation has in each cell, so that organisations can be counted in what is left as well
    counts AS MATERIALIZED (
        SELECT body, mask,
            CASE GROUPING(y, month, s, c, k) WHEN 31 THEN 'total' WHEN 15 THEN 'year' WHEN 23 THEN 'month'
                WHEN 27 THEN 'sector' WHEN 29 THEN 'class' WHEN 30 THEN 'source' ELSE 'class and sector' END AS d,
            coalesce(y, month) AS m, coalesce(c, '') AS c, coalesce(s, '') AS s, k AS w, count(*) AS n
        FROM (SELECT *, date_trunc('year', month) AS y FROM facts) f
        GROUP BY body, mask, GROUPING SETS ((), (y), (month), (s), (c), (k), (c, s))
        UNION ALL
        SELECT body, mask, 'country', NULL, '', '', w, count(*)
        FROM facts, LATERAL (SELECT DISTINCT unnest(countries) AS w) each GROUP BY body, mask, w),
    -- A cell by mask: reports, organisations, and how many organisations have nothing outside it, or outside it in its
    -- class, or outside it in its sector; and how many of them have something outside both class and sector
    inside AS (
        SELECT x.d, x.m, x.w, x.c, x.s, x.mask, sum(x.n)::bigint AS n, count(*) AS o,
            count(*) FILTER (WHERE x.n = t.n) AS o_whole, count(*) FILTER (WHERE x.n = c.n) AS o_whole_c,
            count(*) FILTER (WHERE x.n = s.n) AS o_whole_s, count(*) FILTER (WHERE t.n > c.n + s.n - x.n) AS o_neither
        FROM counts x
        JOIN counts t ON t.d = 'total' AND t.body = x.body AND t.mask = x.mask
        LEFT JOIN counts c ON x.d = 'class and sector' AND c.d = 'class' AND c.body = x.body AND c.mask = x.mask AND c.c = x.c
        LEFT JOIN counts s ON x.d = 'class and sector' AND s.d = 'sector' AND s.body = x.body AND s.mask = x.mask AND s.s = x.s
        GROUP BY x.d, x.m, x.w, x.c, x.s, x.mask),
    -- With what is outside it; of a month also the other months of its year, since the year is a cell as well
    cells AS MATERIALIZED (
        SELECT d, CASE d WHEN 'year' THEN to_char(m, 'YYYY') WHEN 'month' THEN to_char(m, 'YYYY-MM')
                WHEN 'class and sector' THEN c || '|' || s ELSE coalesce(w, c || s) END AS w,
            c, s, mask, n, o, o_whole_c, o_whole_s, o_neither,
            max(n) FILTER (WHERE d = 'total') OVER whole - n AS rest_n,
            max(o) FILTER (WHERE d = 'total') OVER whole - o_whole AS rest_o,
            CASE d WHEN 'month' THEN coalesce(sum(n) OVER same_year, 0) ELSE 0 END AS year_n,
            max(o) OVER same_year AS year_o
        FROM inside
        WINDOW whole AS (PARTITION BY mask),
            same_year AS (PARTITION BY d, mask, date_trunc('year', m) ORDER BY m
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)),
    totals AS (SELECT mask, n, o FROM cells WHERE d = 'total'),
    judged AS (
        SELECT d, w, c, s, sum(n) FILTER (WHERE mask = 0) AS n, sum(o) FILTER (WHERE mask = 0) AS o,
            coalesce(bool_or(mask = 0), false)
            AND bool_and(n >= 10 AND o >= 3 AND (rest_n = 0 OR (rest_n >= 10 AND rest_o >= 3))
                AND (year_n = 0 OR (year_n >= 10 AND year_o >= 3))) AS safe
        FROM cells GROUP BY d, w, c, s),
    -- Class and sector part the reports in four: both, one without the other, neither (whose organisations are counted
    -- too low rather than too high)
    quarters AS (
        SELECT j.w, coalesce(p.n, 0) AS n, coalesce(c.n, 0) AS c_n, coalesce(c.o, 0) - coalesce(p.o_whole_c, 0) AS c_o,
            coalesce(s.n, 0) AS s_n, coalesce(s.o, 0) - coalesce(p.o_whole_s, 0) AS s_o, t.n AS all_n,
            coalesce(c.rest_o, t.o) AS not_c_o, coalesce(s.rest_o, t.o) AS not_s_o, coalesce(p.o_neither, 0) AS neither_o
        FROM judged j CROSS JOIN totals t
        LEFT JOIN cells p ON p.d = 'class and sector' AND p.w = j.w AND p.mask = t.mask
        LEFT JOIN cells c ON c.d = 'class' AND c.w = j.c AND c.mask = t.mask
        LEFT JOIN cells s ON s.d = 'sector' AND s.w = j.s AND s.mask = t.mask
        WHERE j.d = 'class and sector' AND j.safe),
    crossed AS (
        SELECT w, bool_and((c_n = n OR (c_n - n >= 10 AND c_o >= 3)) AND (s_n = n OR (s_n - n >= 10 AND s_o >= 3))
            AND (all_n - c_n - s_n + n = 0
                OR (all_n - c_n - s_n + n >= 10 AND greatest(neither_o, not_c_o - s_o, not_s_o - c_o) >= 3))) AS safe
        FROM quarters GROUP BY w),
    shown AS (
        SELECT j.d, j.w, j.c, j.s, j.n, j.o, j.safe AND coalesce(x.safe, j.d <> 'class and sector')
            AND NOT EXISTS (SELECT 1 FROM totals WHERE n < 10 OR o < 3) AS show
        FROM judged j LEFT JOIN crossed x ON j.d = 'class and sector' AND x.w = j.w),
    -- The remainder of each dimension, and of class and sector by row and by column
    sums AS (
        SELECT d, w, n, o, show,
            sum(n) FILTER (WHERE NOT show) OVER line AS n1, max(o) FILTER (WHERE NOT show) OVER line AS o1,
            row_number() OVER (PARTITION BY d, CASE WHEN d = 'class and sector' THEN c END, show ORDER BY n, w) AS rank1,
            sum(n) FILTER (WHERE NOT show) OVER row2 AS n2, max(o) FILTER (WHERE NOT show) OVER row2 AS o2,
            row_number() OVER (PARTITION BY d, CASE WHEN d = 'class and sector' THEN s END, show ORDER BY n, w) AS rank2
        FROM shown
        WINDOW line AS (PARTITION BY d, CASE WHEN d = 'class and sector' THEN c END),
            row2 AS (PARTITION BY d, CASE WHEN d = 'class and sector' THEN s END))
    SELECT d, w, (n::bigint + 2) / 5 * 5, CASE WHEN o < 5 THEN 3 ELSE o::bigint / 5 * 5 END
    FROM sums
    WHERE show AND (d IN ('total', 'country') -- neither adds up to the total
        OR NOT (rank1 = 1 AND coalesce(n1, 0) > 0 AND (n1 < 10 OR o1 < 3))
        AND NOT (rank2 = 1 AND coalesce(n2, 0) > 0 AND (n2 < 10 OR o2 < 3)))
$$;
