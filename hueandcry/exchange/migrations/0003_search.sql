-- The beginning of a value is searched as written and in small letters: IBANs and wallets are canonical in capitals.
-- As a range (~>=~ and ~<~, the order of text_pattern_ops) and not as LIKE: the pattern is a parameter, and from one the
-- planner derives no range, so that LIKE would read every value there is.
DROP FUNCTION hueandcry_search(text, integer);
CREATE FUNCTION hueandcry_search(wanted text, most integer) RETURNS TABLE (report bigint, rank real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH words AS (SELECT websearch_to_tsquery('simple', wanted) AS q),
    seen AS (SELECT hueandcry_audiences() AS audiences),
    starts AS (
        SELECT DISTINCT s AS start FROM unnest(ARRAY[btrim(wanted), lower(btrim(wanted)), upper(btrim(wanted))]) AS s
        WHERE length(s) >= 3),
    by_words AS (
        SELECT r.id, ts_rank(r.document, words.q) AS rank FROM exchange_report r, words, seen
        WHERE r.document @@ words.q AND r.audience = ANY (seen.audiences)
        ORDER BY 2 DESC, r.id DESC LIMIT most),
    values_found AS (
        SELECT v.id FROM starts CROSS JOIN LATERAL (
            SELECT v.id FROM exchange_observable v
            WHERE v.value ~>=~ starts.start AND v.value ~<~ (starts.start || chr(1114111))
              AND EXISTS (SELECT 1 FROM exchange_observation o, seen
                          WHERE o.observable = v.id AND o.audience = ANY (seen.audiences))
            LIMIT most) v),
    by_value AS (
        SELECT o.report_id AS id, 1::real AS rank FROM (SELECT DISTINCT id FROM values_found) v CROSS JOIN LATERAL (
            SELECT o.report_id FROM exchange_observation o, seen
            WHERE o.observable = v.id AND o.audience = ANY (seen.audiences) LIMIT most) o
        ORDER BY 1 DESC LIMIT most)
    SELECT id, max(rank) FROM (SELECT * FROM by_words UNION ALL SELECT * FROM by_value) found
    GROUP BY id ORDER BY 2 DESC, 1 DESC LIMIT most
$$;
