-- Who sees what of alerts. A saved search is its owner's alone, and only while he is in the organisation he made it in.
CREATE POLICY alert_own ON exchange_alert FOR ALL USING (
    person = (SELECT hueandcry_person()) AND organisation = (SELECT hueandcry_organisation()))
    WITH CHECK (person = (SELECT hueandcry_person()) AND organisation = (SELECT hueandcry_organisation()));
-- A match shows only while its owner may see the report: what was lost sight of is not even counted.
CREATE POLICY alertmatch_own ON exchange_alertmatch FOR ALL USING (
    EXISTS (SELECT 1 FROM exchange_alert a WHERE a.id = alert_id)
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report))
    WITH CHECK (EXISTS (SELECT 1 FROM exchange_alert a WHERE a.id = alert_id));
REVOKE UPDATE ON exchange_alertmatch FROM {app};
CREATE INDEX alert_behind ON exchange_alert (looked);

-- What came of a report shows to whoever may see the report, its owner among them; it is said by who may see it.
CREATE POLICY outcome_read ON exchange_outcome FOR SELECT USING (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report_id));
CREATE POLICY outcome_add ON exchange_outcome FOR INSERT WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report_id));
CREATE POLICY outcome_delete ON exchange_outcome FOR DELETE USING (
    organisation = (SELECT hueandcry_organisation())
    OR EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report_id AND r.organisation_id = hueandcry_organisation()));
REVOKE UPDATE ON exchange_outcome FROM {app};

-- How far a round has come tells how much changed, so the rounds alone know, through a blind function.
CREATE POLICY blind_look ON exchange_look TO {blind} USING (true) WITH CHECK (true);
GRANT INSERT, UPDATE ON exchange_look TO {blind};

-- The next changes after a number, no more than ``most``: up to which, and each report with the number of its latest.
CREATE FUNCTION hueandcry_changed(after bigint, most integer, OUT last bigint, OUT reports bigint[], OUT numbers bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH next AS MATERIALIZED (
        SELECT c.number, c.report, c.kind FROM exchange_change c WHERE c.number > after ORDER BY c.number LIMIT most),
    latest AS (SELECT report, max(number) AS number FROM next WHERE kind <> 'erased' AND report <> 0 GROUP BY report)
    SELECT (SELECT max(number) FROM next), (SELECT coalesce(array_agg(report ORDER BY report), '{}') FROM latest),
        (SELECT coalesce(array_agg(number ORDER BY report), '{}') FROM latest) $$;

-- Whose alerts have not looked at all that changed: only people in good standing, others are looked for when they are
-- again. Gives the number that the furthest behind has looked at, the next ``most`` changes, and whom they concern.
CREATE FUNCTION hueandcry_alerts_behind(most integer, OUT last bigint, OUT reports bigint[], OUT numbers bigint[],
    OUT people bigint[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE first bigint;
BEGIN
    SELECT min(a.looked) INTO first FROM exchange_alert a
    JOIN members_person p ON p.id = a.person AND p.organisation_id = a.organisation AND p.is_active
    JOIN members_organisation o ON o.id = a.organisation AND o.state = 'vetted';
    IF first IS NULL THEN RETURN; END IF;
    SELECT c.last, c.reports, c.numbers INTO last, reports, numbers FROM hueandcry_changed(first, most) c;
    IF last IS NULL THEN RETURN; END IF;
    SELECT coalesce(array_agg(DISTINCT a.person ORDER BY a.person), '{}') INTO people FROM exchange_alert a
    JOIN members_person p ON p.id = a.person AND p.organisation_id = a.organisation AND p.is_active
    JOIN members_organisation o ON o.id = a.organisation AND o.state = 'vetted'
    WHERE a.looked < last;
END $$;

-- Which of these reports, as far as the viewer may see them, each of these searches finds: by words, by the value that
-- the words are (``observables``), by the beginning of a value. As hueandcry_search and the list of reports do, but over
-- few reports: full-text match and LIKE are not leakproof, so under row-level security they would lose their index.
CREATE FUNCTION hueandcry_changed_matching(wanted bigint[], searches text[], observables bigint[])
RETURNS TABLE (place integer, report bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE seen bigint[]; n integer;
BEGIN
    SELECT array_agg(r.id) INTO seen FROM exchange_report r
    WHERE r.id = ANY (wanted) AND r.audience = ANY (hueandcry_audiences());
    IF seen IS NULL THEN RETURN; END IF;
    FOR n IN 1 .. cardinality(searches) LOOP
        -- planned anew for each search, which says how rare it is
        RETURN QUERY EXECUTE 'SELECT $1, found.id FROM (
            SELECT r.id FROM exchange_report r WHERE r.id = ANY ($2) AND r.document @@ websearch_to_tsquery(''simple'', $3)
            UNION
            SELECT o.report_id FROM exchange_observation o
            WHERE o.report_id = ANY ($2) AND o.audience = ANY ($4) AND o.observable = $5
            UNION
            SELECT o.report_id FROM exchange_observable v JOIN exchange_observation o ON o.observable = v.id
            WHERE length($6) >= 3 AND o.report_id = ANY ($2) AND o.audience = ANY ($4)
              AND ((v.value ~>=~ $6 AND v.value ~<~ ($6 || chr(1114111)))
                OR (v.value ~>=~ lower($6) AND v.value ~<~ (lower($6) || chr(1114111)))
                OR (v.value ~>=~ upper($6) AND v.value ~<~ (upper($6) || chr(1114111))))) found'
        USING n, seen, searches[n], hueandcry_audiences(), observables[n], btrim(searches[n]);
    END LOOP;
END $$;

-- Alerts with matches to tell in one go, once a day or a week, and whose they are. How many of the matches their owner may
-- still see is counted on his behalf.
CREATE FUNCTION hueandcry_alerts_to_tell(most integer) RETURNS TABLE (person bigint, alert bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT a.person, a.id FROM exchange_alert a
    JOIN members_person p ON p.id = a.person AND p.organisation_id = a.organisation AND p.is_active
    JOIN members_organisation o ON o.id = a.organisation AND o.state = 'vetted'
    WHERE a.often IN ('daily', 'weekly')
      AND coalesce(a.told_at <= now() - CASE a.often WHEN 'daily' THEN interval '1 day' ELSE interval '7 days' END, true)
      AND EXISTS (SELECT 1 FROM exchange_alertmatch m JOIN exchange_report r ON r.id = m.report
                  WHERE m.alert_id = a.id AND m.id > a.told)
    ORDER BY 1, 2 LIMIT most $$;

-- How far a round has come; with a number, notes that it has come that far.
CREATE FUNCTION hueandcry_looked(round text, upto bigint, OUT looked bigint, OUT at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF upto IS NOT NULL THEN
        INSERT INTO exchange_look (name, looked, at) VALUES (round, upto, clock_timestamp())
        ON CONFLICT (name) DO UPDATE SET looked = greatest(exchange_look.looked, excluded.looked), at = excluded.at;
    END IF;
    SELECT l.looked, l.at INTO hueandcry_looked.looked, hueandcry_looked.at FROM exchange_look l WHERE l.name = round;
END $$;

-- Organisations in good standing that hold a telling value which one of these reports of somebody else's holds too, with
-- whom they are as viewers and which of the reports concern them; whether they may see those is asked on their behalf.
CREATE FUNCTION hueandcry_standing_organisations(wanted bigint[])
RETURNS TABLE (organisation bigint, principals bigint[], reports bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH held AS MATERIALIZED (
        SELECT DISTINCT v.report_id, v.observable, v.organisation FROM exchange_observation v
        JOIN exchange_observable h ON h.id = v.observable AND h.weight >= 0.2
        WHERE v.report_id = ANY (wanted)),
    met AS (
        SELECT DISTINCT n.organisation, held.report_id FROM held CROSS JOIN LATERAL (
            SELECT o.organisation FROM exchange_observation o
            WHERE o.observable = held.observable AND o.organisation <> held.organisation LIMIT 200) n)
    SELECT o.id, ARRAY[1, 2, o.principal_id] || ARRAY(
            SELECT c.principal_id FROM members_circlemember m JOIN members_circle c ON c.id = m.circle_id
            WHERE m.organisation_id = o.id AND c.closed_at IS NULL ORDER BY c.principal_id),
        array_agg(met.report_id ORDER BY met.report_id)
    FROM met JOIN members_organisation o ON o.id = met.organisation AND o.state = 'vetted'
    GROUP BY o.id, o.principal_id $$;

-- The number of the latest change: a search saved now tells of what comes after it.
CREATE FUNCTION hueandcry_latest_change() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(max(number), 0) FROM exchange_change $$;
