-- The linker reads what is compared, of all audiences, and nothing else of a report: no title, no sender's person, no
-- raw bytes. It is a role that the application's login has to turn into by name (SET ROLE); it inherits nothing of it.
CREATE POLICY linker_read ON exchange_report FOR SELECT TO {linker} USING (true);
CREATE POLICY linker_read ON exchange_observation FOR SELECT TO {linker} USING (true);
CREATE POLICY linker_read ON exchange_observable FOR SELECT TO {linker} USING (true);
CREATE POLICY linker_read ON linkage_judgement FOR SELECT TO {linker} USING (true);
GRANT SELECT (id, organisation_id, kind, state, source_kind, account, language, classes, main_class, labels, techniques,
    occurred_from, occurred_to, reported_at, changed_at, victim_countries, victim_sector, victim_size, victim_area,
    victim_reference, loss_amount, loss_currency, discoverability) ON exchange_report TO {linker};
GRANT SELECT ON exchange_observation TO {linker};
GRANT SELECT (id, type, value, weight, warnings) ON exchange_observable TO {linker};
GRANT SELECT ON linkage_judgement TO {linker};
GRANT USAGE ON SEQUENCE linkage_crime_id_seq, linkage_crimeevent_id_seq, linkage_model_id_seq, linkage_run_id_seq,
    linkage_operation_id_seq, linkage_operationevent_id_seq, linkage_operationsuggestion_id_seq TO {linker};
-- What changed is read, and noted as read, in the transaction that the linker works in.
GRANT EXECUTE ON FUNCTION hueandcry_changed(bigint, integer), hueandcry_looked(text, bigint),
    hueandcry_latest_change() TO {linker};
-- Candidates of a new report that share no value are found by what else blocking asks for.
CREATE INDEX fact_reference ON linkage_fact (reference) WHERE reference <> '';
CREATE INDEX fact_sum ON linkage_fact (country, day, currency, amount) INCLUDE (report) WHERE amount > 0;
CREATE INDEX fact_area ON linkage_fact (country, area, day) WHERE area <> '';

-- Which crime a report tells of shows to whoever may see the report; a crime or operation, to whoever sees one of its
-- reports.
CREATE POLICY crimereport_read ON linkage_crimereport FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report));
-- What happened shows with the report that it happened to. A crime that was merged away leads on to what took it, for
-- those who see a report that went from it: to all others it would tell that there was something that they do not see.
CREATE POLICY crimeevent_read ON linkage_crimeevent FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report));
CREATE POLICY crime_read ON linkage_crime FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = linkage_crime.id)
    OR merged_into IS NOT NULL AND EXISTS (SELECT 1 FROM linkage_crimeevent e WHERE e.other = linkage_crime.id));
CREATE POLICY operationcrime_read ON linkage_operationcrime FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = linkage_operationcrime.crime));
CREATE POLICY operation_read ON linkage_operation FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_operationcrime o WHERE o.operation IN (linkage_operation.id, linkage_operation.merged_into)));
CREATE POLICY operationevent_read ON linkage_operationevent FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = ANY (crimes)));
-- What a value tells is found across audiences and shows to nobody. A suggestion shows to whoever sees the crime that
-- makes it and both operations.
CREATE POLICY operationsuggestion_read ON linkage_operationsuggestion FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = linkage_operationsuggestion.crime)
    AND EXISTS (SELECT 1 FROM linkage_operationcrime o WHERE o.operation = linkage_operationsuggestion.operation)
    AND EXISTS (SELECT 1 FROM linkage_operationcrime o WHERE o.operation = linkage_operationsuggestion.other));
-- The model is the alliance's to read: it holds weights, no report.
CREATE POLICY model_read ON linkage_model FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));

-- A judgement shows to whoever sees both reports; an organisation judges what it sees, in its own name.
CREATE POLICY judgement_read ON linkage_judgement FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_judgement.left)
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_judgement.right));
CREATE POLICY judgement_insert ON linkage_judgement FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation())
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_judgement.left)
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_judgement.right));
CREATE POLICY judgement_update ON linkage_judgement FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()));
REVOKE DELETE ON linkage_judgement FROM {app};

-- How many reports more tell of a crime that the viewer sees a report of: those that their owners let be discovered, with
-- names where the owner allows it. Gives counts, no content. Somebody's own report in it may be there to try out values,
-- so looking costs what its own page costs (hueandcry_others_within), and once a day.
CREATE FUNCTION hueandcry_crime_others(wanted bigint, OUT reports integer, OUT organisations integer, OUT names text[],
    OUT again_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE seen integer[] := hueandcry_audiences(); own bigint;
BEGIN
    reports := 0; organisations := 0; names := '{}';
    IF NOT EXISTS (SELECT 1 FROM linkage_crimereport c JOIN exchange_report r ON r.id = c.report
                   WHERE c.crime = wanted AND r.audience = ANY (seen)) THEN RETURN; END IF;
    FOR own IN SELECT r.id FROM linkage_crimereport c JOIN exchange_report r ON r.id = c.report
               WHERE c.crime = wanted AND r.audience = ANY (seen) AND r.organisation_id = hueandcry_organisation()
               ORDER BY r.id LIMIT 20 LOOP
        again_at := (SELECT o.again_at FROM hueandcry_others_within(own) o);
        IF again_at IS NOT NULL THEN RETURN; END IF;
    END LOOP;
    SELECT count(*), count(DISTINCT h.organisation_id),
        coalesce(array_agg(DISTINCT o.name) FILTER (WHERE h.discoverability = 'named'), '{}')
    INTO reports, organisations, names
    FROM (SELECT r.organisation_id, r.discoverability FROM linkage_crimereport c JOIN exchange_report r ON r.id = c.report
          WHERE c.crime = wanted AND r.discoverability <> 'hidden' AND r.state = 'current'
            AND NOT r.audience = ANY (seen) LIMIT 1000) h
    JOIN members_organisation o ON o.id = h.organisation_id;
END $$;

-- What is erased is compared no longer, in the same transaction. As the linker: who erases may not see these tables.
CREATE FUNCTION hueandcry_unlink() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM linkage_fact f USING gone WHERE f.report = gone.id;
    DELETE FROM linkage_crimereport c USING gone WHERE c.report = gone.id;
    DELETE FROM linkage_crimeevent e USING gone WHERE e.report = gone.id;
    RETURN NULL;
END $$;
CREATE TRIGGER report_unlinked AFTER DELETE ON exchange_report
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION hueandcry_unlink();

-- Which crimes of these operations the viewer sees, and by which reports: ids alone, which are read again under row-level
-- security. Asked row by row, the policies of three tables would take several times as long.
CREATE FUNCTION hueandcry_operations_seen(wanted bigint[]) RETURNS TABLE (operation bigint, crime bigint, report bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 500 SET search_path = pg_catalog, public AS $$
    SELECT o.operation, o.crime, c.report FROM linkage_operationcrime o
    JOIN linkage_crimereport c ON c.crime = o.crime JOIN exchange_report r ON r.id = c.report
    WHERE r.audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND r.state = 'current' AND o.operation = ANY (wanted)
$$;
CREATE FUNCTION hueandcry_operations_all_seen() RETURNS TABLE (operation bigint, crime bigint, report bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10000 SET search_path = pg_catalog, public AS $$
    SELECT o.operation, o.crime, c.report FROM linkage_operationcrime o
    JOIN linkage_crimereport c ON c.crime = o.crime JOIN exchange_report r ON r.id = c.report
    WHERE r.audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND r.state = 'current'
$$;
-- How many more crimes and reports others hold of an operation of which the viewer sees a crime: only those whose owners
-- let themselves be discovered, at most 5000 looked at, names only where the owner allows it. Counts, no content.
CREATE FUNCTION hueandcry_operation_others_counted(wanted bigint, OUT crimes integer, OUT reports integer,
    OUT organisations integer, OUT names text[])
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    WITH held AS MATERIALIZED (
        SELECT oc.crime, r.id, r.organisation_id, r.discoverability, r.audience = ANY (hueandcry_audiences()) AS seen
        FROM linkage_operationcrime oc JOIN linkage_crimereport cr ON cr.crime = oc.crime
        JOIN exchange_report r ON r.id = cr.report
        WHERE oc.operation = wanted AND r.state = 'current' LIMIT 5000),
    others AS (
        SELECT h.* FROM held h
        WHERE NOT h.seen AND h.discoverability <> 'hidden' AND EXISTS (SELECT 1 FROM held s WHERE s.seen))
    SELECT count(DISTINCT h.crime) FILTER (WHERE NOT EXISTS (SELECT 1 FROM held s WHERE s.seen AND s.crime = h.crime))::integer,
        count(*)::integer, count(DISTINCT h.organisation_id)::integer,
        coalesce(array_agg(DISTINCT o.name) FILTER (WHERE h.discoverability = 'named'), '{}')
    FROM others h JOIN members_organisation o ON o.id = h.organisation_id
$$;

-- This is a door to hits too: whoever reports guesses and looks at the operation that they fall into learns that others
-- hold one. So where all that the viewer sees of it is the own organisation's, it costs the values in there that can be
-- guessed, once a day.
CREATE FUNCTION hueandcry_operation_others(wanted bigint, OUT crimes integer, OUT reports integer, OUT organisations integer,
    OUT names text[], OUT again_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    own bigint[];
    strange boolean;
    tries integer;
BEGIN
    SELECT array_agg(r.id) FILTER (WHERE r.organisation_id = hueandcry_organisation()),
        bool_or(r.organisation_id IS DISTINCT FROM hueandcry_organisation()) INTO own, strange
    FROM linkage_operationcrime oc JOIN linkage_crimereport cr ON cr.crime = oc.crime JOIN exchange_report r ON r.id = cr.report
    WHERE oc.operation = wanted AND r.audience = ANY (hueandcry_audiences());
    IF NOT strange AND hueandcry_person() IS NOT NULL AND 2 = ANY (hueandcry_principals())
        AND NOT EXISTS (SELECT 1 FROM exchange_lookupspend s WHERE s.organisation = hueandcry_organisation()
            AND s.door = 'report' AND s.thing = -wanted AND s.at > clock_timestamp() - interval '24 hours') THEN
        -- no more than half of a day's budget: an operation that is large and one's own stays readable
        SELECT least(500, count(DISTINCT v.observable)) INTO tries FROM exchange_observation v
        JOIN exchange_observable h ON h.id = v.observable WHERE v.report_id = ANY (own) AND hueandcry_guessable(h.type);
        PERFORM pg_advisory_xact_lock(7301, (hueandcry_organisation() % 2147483647)::integer);
        again_at := hueandcry_spend_at('report', tries, tries);
        IF again_at IS NOT NULL THEN
            again_at := least(again_at, clock_timestamp() + interval '24 hours');
            crimes := 0; reports := 0; organisations := 0; names := '{}';
            RETURN;
        END IF;
        PERFORM hueandcry_spend('report', tries, tries, -wanted);
    END IF;
    SELECT o.crimes, o.reports, o.organisations, o.names INTO crimes, reports, organisations, names
    FROM hueandcry_operation_others_counted(wanted) o;
END $$;
REVOKE ALL ON FUNCTION hueandcry_operation_others_counted(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hueandcry_operation_others_counted(bigint) TO {blind};
