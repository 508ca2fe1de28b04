-- Hit or no hit, and asking for what was hit. docs/hits.md says what each rule is for and what an attacker learns.

-- Who sees what -----------------------------------------------------------------------------------------------------
-- A question is its asker's; the organisation's administrator and data-protection officer see that it was asked and why,
-- never what was learnt. The application makes no answer, notice, spending or part itself: blind functions do.
CREATE POLICY lookup_read ON exchange_lookup FOR SELECT USING (organisation = (SELECT hueandcry_organisation())
    AND (person = (SELECT hueandcry_person())
        OR coalesce(nullif(current_setting('hueandcry.roles', true), ''), '{}')::text[] && ARRAY['administrator', 'dpo']));
CREATE POLICY lookup_insert ON exchange_lookup FOR INSERT WITH CHECK (hits = 0
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()));
CREATE POLICY lookupanswer_read ON exchange_lookupanswer FOR SELECT USING (EXISTS (
    SELECT 1 FROM exchange_lookup l WHERE l.id = lookup_id AND l.person = hueandcry_person()));
-- An owner learns of a question through a report that the reader sees.
CREATE POLICY lookupnotice_read ON exchange_lookupnotice FOR SELECT USING (owner = (SELECT hueandcry_organisation())
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report));
CREATE POLICY lookupspend_read ON exchange_lookupspend FOR SELECT USING (organisation = (SELECT hueandcry_organisation()));

-- A request: who asks sees it, and each owner that it went to.
CREATE POLICY ask_read ON exchange_ask FOR SELECT USING (organisation = (SELECT hueandcry_organisation())
    OR EXISTS (SELECT 1 FROM exchange_askpart p WHERE p.ask_id = exchange_ask.id));
CREATE POLICY ask_insert ON exchange_ask FOR INSERT WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()));
CREATE POLICY askvalue_read ON exchange_askvalue FOR SELECT USING (EXISTS (
    SELECT 1 FROM exchange_ask a WHERE a.id = ask_id AND a.organisation = hueandcry_organisation()));
CREATE POLICY askvalue_insert ON exchange_askvalue FOR INSERT WITH CHECK (EXISTS (
    SELECT 1 FROM exchange_ask a WHERE a.id = ask_id AND a.organisation = hueandcry_organisation()
        AND a.person = hueandcry_person()));
-- A part is its owner's alone: in it stand the owner and its reports. Who asked reads hueandcry_ask_parts.
CREATE POLICY askpart_read ON exchange_askpart FOR SELECT USING (owner = (SELECT hueandcry_organisation())
    AND (person IS NULL OR person = (SELECT hueandcry_person())));
CREATE POLICY askpart_update ON exchange_askpart FOR UPDATE USING (owner = (SELECT hueandcry_organisation())
    AND (person IS NULL OR person = (SELECT hueandcry_person())));
REVOKE UPDATE, DELETE ON exchange_ask, exchange_askvalue, exchange_askpart, exchange_lookup, exchange_lookupanswer,
    exchange_lookupnotice, exchange_lookupspend, exchange_lookupblock FROM {app};
REVOKE INSERT ON exchange_askpart, exchange_lookupanswer, exchange_lookupnotice, exchange_lookupspend, exchange_lookupblock
    FROM {app};
GRANT UPDATE (named, state, granted, conditions, until, question, answered_at, answered_by) ON exchange_askpart TO {app};

CREATE POLICY blind_write ON exchange_lookup FOR UPDATE TO {blind} USING (true);
CREATE POLICY blind_write ON exchange_lookupanswer TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_write ON exchange_lookupnotice TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_write ON exchange_lookupspend TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_write ON exchange_lookupblock TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_write ON exchange_askpart TO {blind} USING (true) WITH CHECK (true);
GRANT UPDATE (hits, unread) ON exchange_lookup TO {blind};
GRANT INSERT, UPDATE, DELETE ON exchange_lookupanswer, exchange_lookupnotice, exchange_lookupspend, exchange_lookupblock TO {blind};
GRANT INSERT, UPDATE ON exchange_askpart TO {blind};
GRANT USAGE ON SEQUENCE exchange_lookupanswer_id_seq, exchange_lookupnotice_id_seq, exchange_lookupspend_id_seq,
    exchange_lookupblock_id_seq, exchange_askpart_id_seq TO {blind};

-- The budget --------------------------------------------------------------------------------------------------------
-- Values of these types can be tried one after the other, or are few; see exchange/hits/guessable.py, which says the same.
CREATE FUNCTION hueandcry_guessable(type text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT type IN ('ipv4-addr', 'ip-range', 'phone-number', 'iban', 'bic', 'payment-card', 'identity-document',
        'person-name', 'mac-addr', 'autonomous-system', 'port', 'vulnerability', 'ja3', 'x509-serial', 'user-account') $$;

-- door: values (hit or no hit), report (how many others, on the page of one's own report), psi (blind match), ask.
-- Within so many hours a person, and all of an organisation together, take out at most so many values, and of these at
-- most so many that can be guessed. Misses cost as hits do.
CREATE FUNCTION hueandcry_budget() RETURNS TABLE (door text, whose text, hours integer, amount integer, guessable integer)
LANGUAGE sql IMMUTABLE AS $$
    VALUES ('values', 'person', 1, 10000, 250), ('values', 'person', 24, 20000, 1000),
           ('values', 'organisation', 1, 20000, 500), ('values', 'organisation', 24, 50000, 2000),
           ('report', 'person', 24, 100000, 1000), ('report', 'organisation', 24, 500000, 2000),
           ('psi', 'person', 24, 20000, 1000), ('psi', 'organisation', 24, 50000, 2000),
           ('ask', 'person', 24, 200, 200), ('ask', 'organisation', 24, 1000, 1000) $$;

-- When this may be taken out: NULL now; infinity never, since it is more than the budget holds at all. Whoever asks waits
-- for the others of their organisation, so that two at once do not both see what is left and take it twice.
CREATE FUNCTION hueandcry_spend_at(wanted_door text, wanted integer, tries integer) RETURNS timestamptz
LANGUAGE sql VOLATILE SET search_path = pg_catalog, public AS $$
    WITH rules AS (SELECT * FROM hueandcry_budget() b WHERE b.door = wanted_door),
    spent AS (
        SELECT r.whose, r.hours, s.at, r.amount - wanted AS room, r.guessable - tries AS guesses,
            sum(s.amount) OVER later AS amount, sum(s.guessable) OVER later AS guessable
        FROM rules r JOIN exchange_lookupspend s ON s.door = r.door AND s.organisation = hueandcry_organisation()
            AND s.at > clock_timestamp() - make_interval(hours => r.hours)
            AND (r.whose = 'organisation' OR s.person = hueandcry_person())
        WINDOW later AS (PARTITION BY r.whose, r.hours ORDER BY s.at DESC, s.id DESC))
    SELECT CASE WHEN EXISTS (SELECT 1 FROM rules WHERE amount < wanted OR guessable < tries) THEN 'infinity'::timestamptz
        ELSE (SELECT max(at + make_interval(hours => hours)) FROM spent WHERE amount > room OR guessable > guesses AND tries > 0) END
$$;

CREATE FUNCTION hueandcry_spend(wanted_door text, wanted integer, tries integer, about bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE due timestamptz;
BEGIN
    IF hueandcry_organisation() IS NULL OR hueandcry_person() IS NULL OR NOT 2 = ANY (hueandcry_principals()) THEN
        RAISE EXCEPTION 'only a member in good standing asks' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF wanted < 0 OR tries < 0 OR tries > wanted OR NOT EXISTS (SELECT 1 FROM hueandcry_budget() b WHERE b.door = wanted_door) THEN
        RAISE EXCEPTION 'no such spending' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(7301, (hueandcry_organisation() % 2147483647)::integer);
    due := hueandcry_spend_at(wanted_door, wanted, tries);
    IF due IS NOT NULL THEN
        RAISE EXCEPTION 'over the budget' USING ERRCODE = 'HC429', DETAIL = CASE WHEN due = 'infinity' THEN 'never'
            ELSE ceil(greatest(1, extract(epoch FROM due - clock_timestamp())))::bigint::text END;
    END IF;
    INSERT INTO exchange_lookupspend (organisation, person, door, amount, guessable, thing, at)
    VALUES (hueandcry_organisation(), hueandcry_person(), wanted_door, wanted, tries, about, clock_timestamp());
END $$;

-- Notes how many values of which neighbourhood were asked for, and gives the most that one of them has had today.
CREATE FUNCTION hueandcry_note_blocks(blocks bigint[], counts integer[]) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH noted AS (
        INSERT INTO exchange_lookupblock AS b (organisation, block, day, asked)
        SELECT hueandcry_organisation(), n.block, (clock_timestamp() AT TIME ZONE 'UTC')::date, sum(n.asked)
        FROM unnest(blocks, counts) AS n(block, asked) WHERE hueandcry_organisation() IS NOT NULL AND n.asked > 0 GROUP BY n.block
        ON CONFLICT (organisation, day, block) DO UPDATE SET asked = b.asked + excluded.asked
        RETURNING asked)
    SELECT coalesce(max(asked), 0) FROM noted
$$;

-- Hit or no hit -----------------------------------------------------------------------------------------------------
-- What others hold of these values and the viewer may not see, as far as its owners let it be discovered for this purpose.
-- Of one value at most 1000 hidden observations are looked at.
CREATE FUNCTION hueandcry_held(wanted bigint[], purpose text) RETURNS TABLE (observable bigint, organisation bigint,
    report bigint, person bigint, red boolean, named boolean, seen timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT w.id, r.organisation_id, r.id, r.person_id, r.tlp = 'RED', r.discoverability = 'named',
        least(coalesce(max(n.last_seen), r.occurred_to, r.reported_at), now())
    FROM (SELECT DISTINCT unnest(wanted) AS id) w CROSS JOIN LATERAL (
        SELECT v.report_id, v.last_seen FROM exchange_observation v
        WHERE v.observable = w.id AND v.audience <> ALL ((SELECT hueandcry_audiences())::integer[])
            AND v.organisation <> (SELECT hueandcry_organisation())
        LIMIT 1000) n
    JOIN exchange_report r ON r.id = n.report_id
    JOIN members_organisation o ON o.id = r.organisation_id AND o.state = 'vetted'
    WHERE r.state = 'current' AND r.discoverability <> 'hidden' AND hueandcry_held.purpose = ANY (r.purpose)
    GROUP BY w.id, r.id
$$;

-- An exact number of owners, asked for again and again, would tell who joined, left or reported: past two it is rounded.
CREATE FUNCTION hueandcry_banded(n bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN n >= 100 THEN 100 WHEN n >= 50 THEN 50 WHEN n >= 20 THEN 20 WHEN n >= 10 THEN 10 WHEN n >= 5 THEN 5
        WHEN n >= 3 THEN 3 ELSE n END::integer $$;

-- Answers a question that stands in exchange_lookup: there is no answer without a record, nor a second for one record.
-- A type that is not that of the value gives no hit, so that nobody passes a number off as what cannot be guessed.
CREATE FUNCTION hueandcry_hits(question bigint, wanted bigint[], types text[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET jit = off AS $$
DECLARE
    l exchange_lookup%ROWTYPE;
    found integer;
BEGIN
    SELECT * INTO l FROM exchange_lookup q WHERE q.id = question
        AND q.organisation = hueandcry_organisation() AND q.person = hueandcry_person();
    IF l.id IS NULL OR l.asked <> cardinality(wanted) OR l.asked <> cardinality(types) OR l.asked > 10000
        OR EXISTS (SELECT 1 FROM exchange_lookupspend s WHERE s.organisation = l.organisation AND s.door = 'values' AND s.thing = question)
        OR NOT coalesce(nullif(current_setting('hueandcry.roles', true), ''), '{}')::text[] && ARRAY['analyst', 'administrator'] THEN
        RAISE EXCEPTION 'no such question' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM hueandcry_spend('values', l.asked, (SELECT count(*) FROM unnest(types) t WHERE hueandcry_guessable(t))::integer, question);
    WITH held AS MATERIALIZED (SELECT * FROM hueandcry_held(wanted, l.purpose)),
    -- A kind is told where at least three other members are of it: the only university there is would be named by it.
    kinds AS MATERIALIZED (
        SELECT kind FROM members_organisation WHERE state = 'vetted' AND id <> l.organisation GROUP BY kind HAVING count(*) >= 3),
    owners AS (
        SELECT h.observable, h.organisation, o.kind, k.kind IS NOT NULL AS many, max(h.seen) AS seen, bool_or(h.named) AS named,
            max(o.name) AS name
        FROM held h JOIN members_organisation o ON o.id = h.organisation LEFT JOIN kinds k ON k.kind = o.kind
        GROUP BY h.observable, h.organisation, o.kind, k.kind),
    told AS (
        SELECT observable, count(*) AS n, max(seen) AS seen, count(*) >= 3 OR bool_and(named) AS exact,
            coalesce(array_agg(DISTINCT kind ORDER BY kind) FILTER (WHERE many OR named), '{}') AS kinds,
            coalesce(array_agg(DISTINCT name ORDER BY name) FILTER (WHERE named), '{}') AS names
        FROM owners GROUP BY observable),
    asked AS (SELECT DISTINCT ON (id) id, type FROM unnest(wanted, types) AS w(id, type) ORDER BY id),
    answered AS (
        INSERT INTO exchange_lookupanswer (lookup_id, observable, type, value, organisations, kinds, names, last_seen, exact)
        SELECT question, h.id, h.type, h.value, hueandcry_banded(coalesce(t.n, 0)), coalesce(t.kinds, '{}'), coalesce(t.names, '{}'),
            CASE WHEN t.exact THEN t.seen AT TIME ZONE 'UTC' ELSE date_trunc('month', t.seen AT TIME ZONE 'UTC') END::date,
            coalesce(t.exact, false)
        FROM asked w JOIN exchange_observable h ON h.id = w.id AND h.type = w.type LEFT JOIN told t ON t.observable = w.id
        WHERE t.n > 0 OR EXISTS (SELECT 1 FROM exchange_observation v
            WHERE v.observable = w.id AND v.audience = ANY ((SELECT hueandcry_audiences())::integer[]))
        RETURNING observable, organisations),
    -- One line for each owner and value, the newest report; and for each person whose RED report it was.
    noticed AS (
        INSERT INTO exchange_lookupnotice (lookup, asker, purpose, owner, person, report, observable, told)
        SELECT DISTINCT ON (h.observable, h.organisation, CASE WHEN h.red THEN h.person END)
            l.reference, l.organisation, l.purpose, h.organisation, CASE WHEN h.red THEN h.person END, h.report, h.observable, false
        FROM held h JOIN answered a ON a.observable = h.observable
        ORDER BY h.observable, h.organisation, CASE WHEN h.red THEN h.person END, h.report DESC)
    SELECT count(*) FILTER (WHERE organisations > 0) INTO found FROM answered;
    UPDATE exchange_lookup SET hits = found WHERE id = question;
    RETURN found;
END $$;

-- hueandcry_others is a door to hits as well: whoever writes a report that holds guesses and looks at its page learns
-- whether others hold one of them. So one's own report costs the values in it that can be guessed, once a day.
CREATE FUNCTION hueandcry_others_within(wanted bigint, OUT reports integer, OUT organisations integer, OUT names text[],
    OUT again_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    changed timestamptz;
    amount integer;
    tries integer;
BEGIN
    SELECT r.changed_at INTO changed FROM exchange_report r
    WHERE r.id = wanted AND r.organisation_id = hueandcry_organisation() AND r.audience = ANY (hueandcry_audiences());
    IF FOUND AND NOT EXISTS (SELECT 1 FROM exchange_lookupspend s WHERE s.organisation = hueandcry_organisation()
            AND s.door = 'report' AND s.thing = wanted AND s.at > greatest(changed, clock_timestamp() - interval '24 hours')) THEN
        SELECT count(*), count(*) FILTER (WHERE hueandcry_guessable(h.type)) INTO amount, tries FROM (
            SELECT DISTINCT v.observable FROM exchange_observation v WHERE v.report_id = wanted LIMIT 2000) o
        JOIN exchange_observable h ON h.id = o.observable AND h.weight >= 0.2;
        IF tries > 0 THEN
            PERFORM pg_advisory_xact_lock(7301, (hueandcry_organisation() % 2147483647)::integer);
            again_at := hueandcry_spend_at('report', amount, tries);
            IF again_at IS NOT NULL THEN
                -- more than the budget ever holds: a day, and then again, since infinity is no date that programs read
                again_at := least(again_at, clock_timestamp() + interval '24 hours');
                reports := 0; organisations := 0; names := '{}';
                RETURN;
            END IF;
            PERFORM hueandcry_spend('report', amount, tries, wanted);
        END IF;
    END IF;
    SELECT o.reports, o.organisations, o.names INTO reports, organisations, names FROM hueandcry_others(wanted) o;
END $$;

-- Asking ------------------------------------------------------------------------------------------------------------
-- Sends a request to each owner of what was hit; gives how many parts it has. Only for values that the same person was
-- told of as a hit within thirty days: asking is no door to hits of its own.
CREATE FUNCTION hueandcry_ask(request bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    a exchange_ask%ROWTYPE;
    wanted bigint[];
    parts integer;
BEGIN
    SELECT * INTO a FROM exchange_ask q WHERE q.id = request
        AND q.organisation = hueandcry_organisation() AND q.person = hueandcry_person();
    IF a.id IS NULL OR EXISTS (SELECT 1 FROM exchange_askpart p WHERE p.ask_id = request) THEN
        RAISE EXCEPTION 'no such request' USING ERRCODE = 'insufficient_privilege';
    END IF;
    wanted := ARRAY(SELECT v.observable FROM exchange_askvalue v WHERE v.ask_id = request AND EXISTS (
        SELECT 1 FROM exchange_lookupanswer h JOIN exchange_lookup l ON l.id = h.lookup_id
        WHERE h.observable = v.observable AND h.organisations > 0 AND l.person = a.person AND l.organisation = a.organisation
            AND l.at > now() - interval '30 days'));
    PERFORM hueandcry_spend('ask', cardinality(wanted), 0, request);
    INSERT INTO exchange_askpart (reference, ask_id, owner, person, named, state, observables, reports, granted, conditions,
        question, reply, told)
    SELECT gen_random_uuid(), request, h.organisation, CASE WHEN h.red THEN h.person END, bool_or(h.named), 'open',
        array_agg(DISTINCT h.observable), array_agg(DISTINCT h.report), '{}', '', '', '', false
    FROM hueandcry_held(wanted, a.purpose) h
    GROUP BY h.organisation, CASE WHEN h.red THEN h.person END;
    GET DIAGNOSTICS parts = ROW_COUNT;
    RETURN parts;
END $$;

-- What who asked may know of the parts of their requests: the owner's name where the owner allows it, never which reports
-- were hit, and the references of those granted. In an order that tells nothing.
CREATE FUNCTION hueandcry_ask_parts(requests bigint[]) RETURNS TABLE (request bigint, reference uuid, name text, state text,
    conditions text, until date, question text, reply text, answered_at timestamptz, granted uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT p.ask_id, p.reference, CASE WHEN p.named THEN o.name ELSE '' END, p.state, p.conditions, p.until, p.question, p.reply,
        p.answered_at, ARRAY(SELECT r.reference FROM exchange_report r WHERE r.id = ANY (p.granted) ORDER BY r.id)
    FROM exchange_askpart p JOIN exchange_ask a ON a.id = p.ask_id JOIN members_organisation o ON o.id = p.owner
    WHERE p.ask_id = ANY (requests) AND a.organisation = hueandcry_organisation() AND 2 = ANY (hueandcry_principals())
    ORDER BY p.ask_id, p.reference
$$;

-- Answers an owner's question; gives whether there was one.
CREATE FUNCTION hueandcry_ask_reply(part uuid, words text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE exchange_askpart p SET reply = hueandcry_ask_reply.words, told = false FROM exchange_ask a
    WHERE p.reference = part AND a.id = p.ask_id AND a.organisation = hueandcry_organisation() AND p.question <> '' AND p.state = 'open'
        AND 2 = ANY (hueandcry_principals());
    RETURN FOUND;
END $$;

-- For the rounds of the worker: nothing while somebody is on whose behalf we read -------------------------------------
-- Owners not yet told of a question that hit their reports; marks them as told.
CREATE FUNCTION hueandcry_hits_to_tell() RETURNS TABLE (owner bigint, person bigint, lookup uuid, asker text, purpose text, held bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH due AS (
        UPDATE exchange_lookupnotice SET told = true WHERE hueandcry_person() IS NULL AND id IN (
            SELECT id FROM exchange_lookupnotice WHERE NOT told ORDER BY id LIMIT 50000 FOR UPDATE SKIP LOCKED)
        RETURNING *)
    SELECT d.owner, d.person, d.lookup, o.name, d.purpose, count(DISTINCT d.observable)
    FROM due d JOIN members_organisation o ON o.id = d.asker
    GROUP BY d.owner, d.person, d.lookup, o.name, d.purpose ORDER BY min(d.id)
$$;

CREATE FUNCTION hueandcry_asks_to_tell() RETURNS TABLE (owner bigint, person bigint, request uuid, asker text, purpose text,
    held integer, answer_by date, reply boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH due AS (
        UPDATE exchange_askpart SET told = true WHERE hueandcry_person() IS NULL AND id IN (
            SELECT id FROM exchange_askpart WHERE NOT told ORDER BY id LIMIT 10000 FOR UPDATE SKIP LOCKED)
        RETURNING *)
    SELECT d.owner, d.person, a.reference, o.name, a.purpose, cardinality(d.observables), a.answer_by, d.reply <> ''
    FROM due d JOIN exchange_ask a ON a.id = d.ask_id JOIN members_organisation o ON o.id = a.organisation ORDER BY d.id
$$;

-- Parts whose grant has run out, each with those who can take it back, who granted it first.
CREATE FUNCTION hueandcry_asks_over() RETURNS TABLE (part uuid, people bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT p.reference, ARRAY(SELECT m.id FROM members_person m WHERE m.organisation_id = p.owner AND m.is_active
            AND m.roles && ARRAY['analyst', 'administrator', 'reporter', 'integrator'] AND (p.person IS NULL OR m.id = p.person)
            ORDER BY m.id <> coalesce(p.answered_by, 0), m.id LIMIT 20)
    FROM exchange_askpart p
    WHERE hueandcry_person() IS NULL AND p.state IN ('granted', 'partly') AND p.until < (now() AT TIME ZONE 'UTC')::date
    ORDER BY p.id LIMIT 1000
$$;

-- Which of these reports of the viewer's own organisation are still there, seen by the viewer or not: one that was erased needs
-- no taking back.
CREATE FUNCTION hueandcry_still(reports bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(r.id ORDER BY r.id), '{}') FROM exchange_report r
    WHERE r.id = ANY (reports) AND r.organisation_id = hueandcry_organisation()
$$;

-- What is kept no longer: answers and lines that were no value after thirty days, notices after a year, spending after two
-- days, neighbourhoods after two.
CREATE FUNCTION hueandcry_hits_forget() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM exchange_lookupanswer h USING exchange_lookup l WHERE l.id = h.lookup_id AND l.at < now() - interval '30 days';
    UPDATE exchange_lookup SET unread = '[]' WHERE unread <> '[]' AND at < now() - interval '30 days';
    DELETE FROM exchange_lookupnotice WHERE at < now() - interval '1 year';
    DELETE FROM exchange_lookupspend WHERE at < now() - interval '2 days';
    DELETE FROM exchange_lookupblock WHERE day < (now() AT TIME ZONE 'UTC')::date - 2;
END $$;
-- What only these functions call, nobody else does.
REVOKE ALL ON FUNCTION hueandcry_held(bigint[], text), hueandcry_spend_at(text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hueandcry_held(bigint[], text), hueandcry_spend_at(text, integer, integer) TO {blind};
