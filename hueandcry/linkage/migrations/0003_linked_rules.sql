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
-- What was merged into an operation is asked for on each of its pages.
CREATE INDEX operation_merged ON linkage_operation (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX fact_reference ON linkage_fact (reference) WHERE reference <> '';
CREATE INDEX fact_sum ON linkage_fact (country, day, currency, amount) INCLUDE (report) WHERE amount > 0;
CREATE INDEX fact_area ON linkage_fact (country, area, day) WHERE area <> '';

-- Whether the viewer's organisation tells of a crime in a report with values that can be guessed, and that it has not
-- paid for since the report last changed. Whoever in the organisation sees the report: budgets are kept together.
CREATE FUNCTION hueandcry_guesses(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM linkage_crimereport c JOIN exchange_report r ON r.id = c.report
        WHERE c.crime = wanted AND r.organisation_id = hueandcry_organisation()
            AND EXISTS (SELECT 1 FROM exchange_observation v JOIN exchange_observable h ON h.id = v.observable
                WHERE v.report_id = r.id AND hueandcry_guessable(h.type))
            AND NOT EXISTS (SELECT 1 FROM exchange_lookupspend s WHERE s.organisation = r.organisation_id
                AND s.door = 'report' AND s.thing = r.id AND s.at > r.changed_at))
$$;
-- Of these crimes those whose operation may be told to an organisation that itself tells of them. It may have reported
-- guesses, and being among others would say that one is held. It is told where no value ties the crime or one does that
-- cannot be guessed; where a report of somebody else that the viewer sees holds the value; where all that the viewer sees
-- of the operation is its own and another crime of that has the value; and where the guesses are paid for: what others
-- hold of each of its reports was asked (hueandcry_others_within: the page of the report or of the crime; docs/hits.md).
CREATE FUNCTION hueandcry_memberships_told(wanted bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH me AS MATERIALIZED (SELECT hueandcry_organisation() AS id, hueandcry_audiences() AS seen)
    SELECT o.crime FROM linkage_operationcrime o, me
    WHERE o.crime = ANY (wanted) AND (
        o.via = '{}'
        OR EXISTS (SELECT 1 FROM exchange_observable h WHERE h.id = ANY (o.via) AND NOT hueandcry_guessable(h.type))
        OR NOT hueandcry_guesses(o.crime)
        OR EXISTS (SELECT 1 FROM exchange_observation v JOIN exchange_report r ON r.id = v.report_id AND r.state = 'current'
            WHERE v.observable = ANY (o.via) AND v.role <> 'victim' AND v.audience = ANY (me.seen) AND v.organisation <> me.id)
        OR EXISTS (SELECT 1 FROM exchange_observation v JOIN linkage_crimereport c ON c.report = v.report_id
                JOIN linkage_operationcrime x ON x.crime = c.crime AND x.operation = o.operation AND x.crime <> o.crime
            WHERE v.observable = ANY (o.via) AND v.role <> 'victim' AND v.audience = ANY (me.seen))
            AND NOT EXISTS (SELECT 1 FROM linkage_operationcrime x JOIN linkage_crimereport c ON c.crime = x.crime
                JOIN exchange_report r ON r.id = c.report
            WHERE x.operation = o.operation AND r.organisation_id <> me.id AND r.audience = ANY (me.seen)))
$$;

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
-- In which operation a crime is, is a door to hits: whoever reports a guess and lands among others learns that it is held.
-- So where one's own organisation tells of the crime, it has to be told already (hueandcry_memberships_told).
CREATE POLICY operationcrime_read ON linkage_operationcrime FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = linkage_operationcrime.crime)
    AND (NOT hueandcry_guesses(linkage_operationcrime.crime)
        OR EXISTS (SELECT 1 FROM hueandcry_memberships_told(ARRAY[linkage_operationcrime.crime]))));
CREATE POLICY operation_read ON linkage_operation FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_operationcrime o WHERE o.operation IN (linkage_operation.id, linkage_operation.merged_into)));
-- What happened to an operation names crimes by number: it is read through hueandcry_operation_events alone.
REVOKE ALL ON linkage_operationevent FROM {app};
-- What a value tells is found across audiences and shows to nobody. A suggestion shows to whoever sees the crime that
-- makes it and both operations.
CREATE POLICY operationsuggestion_read ON linkage_operationsuggestion FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = linkage_operationsuggestion.crime)
    AND EXISTS (SELECT 1 FROM linkage_operationcrime o WHERE o.operation = linkage_operationsuggestion.operation)
    AND EXISTS (SELECT 1 FROM linkage_operationcrime o WHERE o.operation = linkage_operationsuggestion.other)
    AND NOT hueandcry_guesses(linkage_operationsuggestion.crime));
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
--
-- A planner cannot know how many audiences a viewer is in and takes them for ten: it would go through all that the viewer
-- sees for one operation (so LATERAL with OFFSET 0, row by row through the keys), and row by row through keys for all of
-- them (so no nested loops there).
CREATE FUNCTION hueandcry_operations_seen(wanted bigint[]) RETURNS TABLE (operation bigint, crime bigint, report bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 500 SET search_path = pg_catalog, public AS $$
    WITH told_of AS MATERIALIZED (
        SELECT o.operation, o.crime, c.report, r.organisation_id AS organisation,
            r.state = 'current' AND r.audience = ANY ((SELECT hueandcry_audiences())::integer[]) AS seen
        FROM linkage_operationcrime o
        CROSS JOIN LATERAL (SELECT x.report FROM linkage_crimereport x WHERE x.crime = o.crime OFFSET 0) c
        CROSS JOIN LATERAL (SELECT x.organisation_id, x.state, x.audience FROM exchange_report x
            WHERE x.id = c.report OFFSET 0) r
        WHERE o.operation = ANY (wanted)),
    own AS MATERIALIZED (
        SELECT DISTINCT t.crime FROM told_of t WHERE t.organisation = (SELECT hueandcry_organisation())),
    told AS MATERIALIZED (SELECT hueandcry_memberships_told(array_agg(w.crime)) AS crime FROM own w)
    SELECT s.operation, s.crime, s.report FROM told_of s
    WHERE s.seen AND (s.crime NOT IN (SELECT w.crime FROM own w) OR s.crime IN (SELECT t.crime FROM told t))
$$;
CREATE FUNCTION hueandcry_operations_reported() RETURNS TABLE (operation bigint, crime bigint, report bigint)
LANGUAGE sql STABLE ROWS 10000 SET search_path = pg_catalog, public SET enable_nestloop = off SET enable_mergejoin = off AS $$
    SELECT o.operation, o.crime, c.report
    FROM exchange_report r JOIN linkage_crimereport c ON c.report = r.id JOIN linkage_operationcrime o ON o.crime = c.crime
    WHERE r.audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND r.state = 'current'
$$;
CREATE FUNCTION hueandcry_operations_all_seen() RETURNS TABLE (operation bigint, crime bigint, report bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10000 SET search_path = pg_catalog, public AS $$
    WITH own AS MATERIALIZED (
        SELECT DISTINCT c.crime FROM exchange_report r JOIN linkage_crimereport c ON c.report = r.id
        WHERE r.organisation_id = (SELECT hueandcry_organisation())),
    told AS MATERIALIZED (SELECT hueandcry_memberships_told(array_agg(w.crime)) AS crime FROM own w)
    SELECT s.operation, s.crime, s.report FROM hueandcry_operations_reported() s
    WHERE s.crime NOT IN (SELECT w.crime FROM own w) OR s.crime IN (SELECT t.crime FROM told t)
$$;
-- What runs did to an operation, by crimes of it that the viewer sees: how many, and the two operations where seen.
CREATE FUNCTION hueandcry_operation_events(wanted bigint, most integer) RETURNS TABLE (kind text, at timestamptz, one uuid,
    other uuid, crimes bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH near AS MATERIALIZED (
        SELECT e.* FROM linkage_operationevent e WHERE e.operation = wanted
        UNION SELECT e.* FROM linkage_operationevent e WHERE e.other = wanted),
    named AS MATERIALIZED (SELECT DISTINCT s.operation, s.crime FROM hueandcry_operations_seen(
        (SELECT array_agg(DISTINCT x.id) FROM near n CROSS JOIN LATERAL (VALUES (n.operation), (n.other)) x(id))) s)
    SELECT n.kind, n.at, p.reference, q.reference, m.crimes FROM near n
    CROSS JOIN LATERAL (SELECT count(*) AS crimes FROM named s WHERE s.crime = ANY (n.crimes)) m
    LEFT JOIN linkage_operation p ON p.id = n.operation AND p.id IN (SELECT s.operation FROM named s)
    LEFT JOIN linkage_operation q ON q.id = n.other
        AND (q.id IN (SELECT s.operation FROM named s) OR q.merged_into IN (SELECT s.operation FROM named s))
    WHERE m.crimes > 0 ORDER BY n.id DESC LIMIT most
$$;
-- What the crimes that the viewer sees of an operation are called, and which came since the last run.
CREATE FUNCTION hueandcry_operation_crimes(wanted bigint) RETURNS TABLE (crime bigint, reference uuid, live boolean)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 500 SET search_path = pg_catalog, public AS $$
    SELECT s.crime, c.reference, o.run IS NULL
    FROM (SELECT DISTINCT x.crime FROM hueandcry_operations_seen(ARRAY[wanted]) x) s
    JOIN linkage_crime c ON c.id = s.crime JOIN linkage_operationcrime o ON o.crime = s.crime
$$;
-- Likewise which crimes the viewer sees, and by which reports; and how many of them there are, counted no further than so
-- many reports, by the bits of handling that close the door the viewer stands at (exchange/recall/gates).
CREATE FUNCTION hueandcry_crimes_all_seen() RETURNS TABLE (crime bigint, report bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10000 SET search_path = pg_catalog, public
SET enable_nestloop = off SET enable_mergejoin = off AS $$
    SELECT c.crime, c.report FROM exchange_report r JOIN linkage_crimereport c ON c.report = r.id
    WHERE r.audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND r.state = 'current'
$$;
CREATE FUNCTION hueandcry_crimes_counted(most integer, mask integer, OUT crimes integer, OUT reports integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT count(DISTINCT c.crime)::integer, count(*)::integer FROM (
        SELECT r.id FROM exchange_report r
        WHERE r.audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND r.state = 'current'
            AND (hueandcry_gate(r.codes, r.pap) & mask = 0 OR r.organisation_id = (SELECT hueandcry_organisation())
                OR hueandcry_opened(r.id, hueandcry_gate(r.codes, r.pap) & mask))
        LIMIT most) r
    LEFT JOIN linkage_crimereport c ON c.report = r.id
$$;
-- How many more crimes and reports others hold of an operation of which the viewer sees a crime: only those whose owners
-- let themselves be discovered, at most 5000 looked at, names only where the owner allows it. Counts, no content.
CREATE FUNCTION hueandcry_operation_others_counted(wanted bigint, OUT crimes integer, OUT reports integer,
    OUT organisations integer, OUT names text[])
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    WITH held AS MATERIALIZED (
        SELECT oc.crime, r.id, r.organisation_id, r.discoverability, r.audience = ANY ((SELECT hueandcry_audiences())::integer[]) AS seen
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
    FROM linkage_operationcrime oc JOIN linkage_crimereport cr ON cr.crime = oc.crime
    CROSS JOIN LATERAL (SELECT * FROM exchange_report x WHERE x.id = cr.report OFFSET 0) r
    WHERE oc.operation = wanted AND r.audience = ANY ((SELECT hueandcry_audiences())::integer[]);
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
REVOKE ALL ON FUNCTION hueandcry_guesses(bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION hueandcry_operations_reported() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hueandcry_operations_reported() TO {blind};
