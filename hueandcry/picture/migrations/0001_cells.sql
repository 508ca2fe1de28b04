-- Counts over every report whose purpose allows statistics, whoever may see it; only cells that protect leave.
--
-- A cell is shown when it holds at least 10 reports from at least 3 organisations, AND for each filter set, what the
-- same cell would gain without that filter is nothing or again at least that much: otherwise two questions and a
-- subtraction would give a small cell. A cell that is not shown may be empty: the answer does not tell which.
-- `failed` names the one filter that a report fails ('' none); reports failing two are out of reach of one step.
CREATE FUNCTION hueandcry_picture(year integer, country text, sector text, class text, source text)
RETURNS TABLE (dimension text, cell text, reports bigint, organisations bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH facts AS MATERIALIZED (
        SELECT r.organisation_id AS organisation, to_char(r.reported_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
            r.victim_countries AS countries, r.victim_sector AS sector, r.main_class AS class, r.source_kind AS source,
            array_remove(ARRAY[
                CASE WHEN hueandcry_picture.year IS NOT NULL
                      AND extract(year FROM r.reported_at AT TIME ZONE 'UTC') <> hueandcry_picture.year THEN 'year' END,
                CASE WHEN hueandcry_picture.country IS NOT NULL
                      AND NOT hueandcry_picture.country = ANY (r.victim_countries) THEN 'country' END,
                CASE WHEN hueandcry_picture.sector IS NOT NULL AND r.victim_sector <> hueandcry_picture.sector THEN 'sector' END,
                CASE WHEN hueandcry_picture.class IS NOT NULL AND r.main_class <> hueandcry_picture.class THEN 'class' END,
                CASE WHEN hueandcry_picture.source IS NOT NULL AND r.source_kind <> hueandcry_picture.source THEN 'source' END
            ], NULL) AS fails
        FROM exchange_report r
        WHERE r.state = 'current' AND 'statistics' = ANY (r.purpose) AND 2 = ANY (hueandcry_principals())),
    near AS MATERIALIZED (
        SELECT organisation, month, countries, sector, class, source, coalesce(fails[1], '') AS failed
        FROM facts WHERE cardinality(fails) <= 1),
    cells AS (
        SELECT 'total' AS dimension, '' AS cell, failed, count(*) AS n, count(DISTINCT organisation) AS o FROM near GROUP BY failed
        UNION ALL SELECT 'month', month, failed, count(*), count(DISTINCT organisation) FROM near GROUP BY month, failed
        UNION ALL SELECT 'year', left(month, 4), failed, count(*), count(DISTINCT organisation) FROM near GROUP BY left(month, 4), failed
        UNION ALL SELECT 'country', c, failed, count(*), count(DISTINCT organisation) FROM near, unnest(countries) AS c GROUP BY c, failed
        UNION ALL SELECT 'sector', sector, failed, count(*), count(DISTINCT organisation) FROM near GROUP BY sector, failed
        UNION ALL SELECT 'class', class, failed, count(*), count(DISTINCT organisation) FROM near GROUP BY class, failed
        UNION ALL SELECT 'source', source, failed, count(*), count(DISTINCT organisation) FROM near GROUP BY source, failed
        UNION ALL SELECT 'class and sector', class || '|' || sector, failed, count(*), count(DISTINCT organisation)
            FROM near GROUP BY class, sector, failed),
    judged AS (
        SELECT dimension, cell, coalesce(sum(n) FILTER (WHERE failed = ''), 0)::bigint AS n,
            coalesce(sum(o) FILTER (WHERE failed = ''), 0)::bigint AS o,
            bool_and(n >= 10 AND o >= 3) AS safe
        FROM cells GROUP BY dimension, cell),
    shown AS (
        SELECT dimension, cell, n, o, safe AND n >= 10 AND o >= 3 AS show,
            row_number() OVER (PARTITION BY dimension, safe AND n >= 10 AND o >= 3 ORDER BY n, cell) AS rank
        FROM judged),
    -- Where the cells of a dimension add up to the total, what is left over would give a small hidden cell away: then
    -- the smallest cell shown is hidden with it.
    left_over AS (
        SELECT dimension, sum(n) FILTER (WHERE NOT show) AS n, max(o) FILTER (WHERE NOT show) AS o
        FROM shown WHERE dimension NOT IN ('total', 'country') GROUP BY dimension)
    SELECT s.dimension, s.cell, s.n, s.o FROM shown s LEFT JOIN left_over l USING (dimension)
    WHERE s.show AND NOT (s.rank = 1 AND coalesce(l.n, 0) > 0 AND (l.n < 10 OR l.o < 3))
$$;
