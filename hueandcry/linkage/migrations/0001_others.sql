-- How many reports that the viewer may not see share a telling value with one that he may: only those whose owners let
-- themselves be discovered, at most 1000 looked at, and names only where the owner allows it. Gives counts, no content.
CREATE FUNCTION hueandcry_others(wanted bigint, OUT reports integer, OUT organisations integer, OUT names text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH own AS (
        SELECT DISTINCT v.observable FROM exchange_observation v
        JOIN exchange_report r ON r.id = v.report_id
        JOIN exchange_observable h ON h.id = v.observable
        WHERE v.report_id = wanted AND h.weight >= 0.2 AND r.audience = ANY (hueandcry_audiences()) LIMIT 2000),
    hidden AS (
        SELECT DISTINCT r.id, r.organisation_id, r.discoverability
        FROM own CROSS JOIN LATERAL (
            SELECT v.report_id FROM exchange_observation v
            WHERE v.observable = own.observable AND NOT v.audience = ANY (hueandcry_audiences()) LIMIT 200) n
        JOIN exchange_report r ON r.id = n.report_id
        WHERE r.discoverability <> 'hidden' AND r.state = 'current' LIMIT 1000)
    SELECT count(*)::integer, count(DISTINCT h.organisation_id)::integer,
        coalesce(array_agg(DISTINCT o.name) FILTER (WHERE h.discoverability = 'named'), '{}')
    FROM hidden h JOIN members_organisation o ON o.id = h.organisation_id
$$;
