-- Deconfliction: two agencies at the same thing learn of each other, and nobody else does. docs/deconfliction.md says what
-- each rule is for and what somebody who fishes learns.

-- Who takes part: analysts and administrators of law enforcement in good standing. Everybody else sees and writes nothing,
-- the secretariat, its data-protection officer and the system's own people included.
CREATE FUNCTION hueandcry_deconflicts(body bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM members_organisation o WHERE o.id = body AND o.kind = 'law-enforcement' AND o.state = 'vetted')
$$;
CREATE FUNCTION hueandcry_investigator() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT hueandcry_person() IS NOT NULL AND hueandcry_deconflicts(hueandcry_organisation())
        AND coalesce(nullif(current_setting('hueandcry.roles', true), ''), '{}')::text[] && ARRAY['analyst', 'administrator']
$$;

CREATE POLICY interest_read ON linkage_interest FOR SELECT TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_investigator()));
-- In what one does not see one has no interest: a guessed number leads nowhere.
CREATE POLICY interest_insert ON linkage_interest FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND (SELECT hueandcry_investigator()) AND withdrawn_at IS NULL AND until <= (now() + interval '400 days')::date
    AND (crime IS NULL OR EXISTS (SELECT 1 FROM linkage_crime c WHERE c.id = linkage_interest.crime))
    AND (operation IS NULL OR EXISTS (SELECT 1 FROM linkage_operation o WHERE o.id = linkage_interest.operation)));
CREATE POLICY interest_update ON linkage_interest FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_investigator()) AND withdrawn_at IS NULL)
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND until <= (now() + interval '400 days')::date);
CREATE POLICY interestvalue_read ON linkage_interestvalue FOR SELECT TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_investigator()));
CREATE POLICY interestspend_read ON linkage_interestspend FOR SELECT TO {app} USING (
    organisation = (SELECT hueandcry_organisation()));
CREATE POLICY overlapside_read ON linkage_overlapside FOR SELECT TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_investigator()));
CREATE POLICY overlapside_update ON linkage_overlapside FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_investigator()) AND closed_at IS NULL)
    WITH CHECK (organisation = (SELECT hueandcry_organisation()));
CREATE POLICY overlapmessage_read ON linkage_overlapmessage FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_overlapside s WHERE s.overlap = linkage_overlapmessage.overlap));
CREATE POLICY overlapmessage_insert ON linkage_overlapmessage FOR INSERT TO {app} WITH CHECK (
    EXISTS (SELECT 1 FROM linkage_overlapside s WHERE s.overlap = linkage_overlapmessage.overlap
        AND s.id = linkage_overlapmessage.side AND s.closed_at IS NULL));
-- What was registered stays as it was: who could add a value to an interest that has met would try one after the other.
REVOKE UPDATE, DELETE ON linkage_interest, linkage_interestvalue, linkage_interestspend, linkage_overlap,
    linkage_overlapside, linkage_overlapmessage FROM {app};
REVOKE INSERT ON linkage_interestvalue, linkage_interestspend, linkage_overlap, linkage_overlapside FROM {app};
REVOKE SELECT ON linkage_overlap FROM {app};
GRANT UPDATE (tells, contact, note, action_at, action_zone, until, withdrawn_at) ON linkage_interest TO {app};
GRANT UPDATE (stand, stand_at, outcome, closed_at) ON linkage_overlapside TO {app};

CREATE POLICY blind_write ON linkage_interestvalue TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_write ON linkage_interestspend TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_write ON linkage_overlap TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_write ON linkage_overlapside TO {blind} USING (true) WITH CHECK (true);
GRANT INSERT, DELETE ON linkage_interestvalue, linkage_interestspend TO {blind};
GRANT INSERT, UPDATE ON linkage_overlap, linkage_overlapside TO {blind};
GRANT USAGE ON SEQUENCE linkage_interestvalue_id_seq, linkage_interestspend_id_seq, linkage_overlap_id_seq,
    linkage_overlapside_id_seq TO {blind};

-- The budget --------------------------------------------------------------------------------------------------------
-- At most so many values: of a person in a day, of an organisation in thirty days, and of these at most so many that can be
-- guessed. What is taken back is not given back.
CREATE FUNCTION hueandcry_interest_budget() RETURNS TABLE (whose text, hours integer, amount integer, guessable integer)
LANGUAGE sql IMMUTABLE AS $$
    VALUES ('person', 24, 500, 100), ('organisation', 24, 1000, 200), ('organisation', 720, 5000, 1000) $$;

-- Puts values to one's own fresh interest, against the budget. Raises HC429 where it does not hold them; the detail says in
-- how many seconds it will, or "never".
CREATE FUNCTION hueandcry_interest_values(wanted bigint, types text[], vals text[], hashes text[], observables bigint[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    tries integer := (SELECT count(*) FROM unnest(types) t WHERE hueandcry_guessable(t));
    due timestamptz;
BEGIN
    IF NOT hueandcry_investigator() OR NOT EXISTS (SELECT 1 FROM linkage_interest i WHERE i.id = wanted
            AND i.organisation = hueandcry_organisation() AND i.person = hueandcry_person() AND i.withdrawn_at IS NULL
            AND i.at >= now()) THEN
        RAISE EXCEPTION 'values are put to one''s own new interest' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(7302, (hueandcry_organisation() % 2147483647)::integer);
    IF EXISTS (SELECT 1 FROM hueandcry_interest_budget() b WHERE b.amount < cardinality(types) OR b.guessable < tries) THEN
        RAISE EXCEPTION 'over the budget' USING ERRCODE = 'HC429', DETAIL = 'never';
    END IF;
    SELECT max(s.at + make_interval(hours => s.hours)) INTO due FROM (
        SELECT b.hours, p.at, b.amount - cardinality(types) AS room, b.guessable - tries AS guesses,
            sum(p.amount) OVER later AS amount, sum(p.guessable) OVER later AS guessable
        FROM hueandcry_interest_budget() b JOIN linkage_interestspend p ON p.organisation = hueandcry_organisation()
            AND p.at > clock_timestamp() - make_interval(hours => b.hours)
            AND (b.whose = 'organisation' OR p.person = hueandcry_person())
        WINDOW later AS (PARTITION BY b.whose, b.hours ORDER BY p.at DESC, p.id DESC)) s
    WHERE s.amount > s.room OR s.guessable > s.guesses AND tries > 0;
    IF due IS NOT NULL THEN
        RAISE EXCEPTION 'over the budget' USING ERRCODE = 'HC429',
            DETAIL = ceil(greatest(1, extract(epoch FROM due - clock_timestamp())))::bigint::text;
    END IF;
    INSERT INTO linkage_interestspend (organisation, person, amount, guessable, at)
    VALUES (hueandcry_organisation(), hueandcry_person(), cardinality(types), tries, clock_timestamp());
    INSERT INTO linkage_interestvalue (interest, organisation, type, value, hash, observable)
    SELECT wanted, hueandcry_organisation(), u.type, u.value, u.hash, u.observable
    FROM unnest(types, vals, hashes, observables) AS u(type, value, hash, observable) ON CONFLICT DO NOTHING;
END $$;

-- What meets ---------------------------------------------------------------------------------------------------------
-- Interests that hold now: not taken back, not over, of an agency in good standing; their crime and operation as these are
-- called now, where they were merged away.
CREATE FUNCTION hueandcry_live_interests() RETURNS TABLE (interest bigint, organisation bigint, crime bigint, operation bigint,
    own_operation boolean, near boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE crimes(first, now_called, depth) AS (
        SELECT c.id, coalesce(c.merged_into, c.id), 1 FROM linkage_crime c WHERE c.id IN (SELECT i.crime FROM linkage_interest i)
        UNION ALL
        SELECT k.first, c.merged_into, k.depth + 1 FROM crimes k JOIN linkage_crime c ON c.id = k.now_called
        WHERE c.merged_into IS NOT NULL AND c.merged_into <> c.id AND k.depth < 50),
    operations(first, now_called, depth) AS (
        SELECT o.id, coalesce(o.merged_into, o.id), 1 FROM linkage_operation o
        WHERE o.id IN (SELECT i.operation FROM linkage_interest i)
        UNION ALL
        SELECT k.first, o.merged_into, k.depth + 1 FROM operations k JOIN linkage_operation o ON o.id = k.now_called
        WHERE o.merged_into IS NOT NULL AND o.merged_into <> o.id AND k.depth < 50),
    live AS (
        SELECT i.id, i.organisation, i.operation,
            (SELECT k.now_called FROM crimes k WHERE k.first = i.crime ORDER BY k.depth DESC LIMIT 1) AS crime,
            (SELECT k.now_called FROM operations k WHERE k.first = i.operation ORDER BY k.depth DESC LIMIT 1) AS now_operation,
            coalesce(i.action_at BETWEEN now() - interval '1 day' AND now() + interval '14 days', false) AS near
        FROM linkage_interest i JOIN members_organisation b ON b.id = i.organisation
        WHERE i.withdrawn_at IS NULL AND i.until >= (now() AT TIME ZONE 'UTC')::date
            AND b.kind = 'law-enforcement' AND b.state = 'vetted')
    SELECT l.id, l.organisation, l.crime,
        coalesce(l.now_operation, (SELECT oc.operation FROM linkage_operationcrime oc WHERE oc.crime = l.crime)),
        l.operation IS NOT NULL, l.near
    FROM live l
$$;

-- Every two live interests of two agencies that have something in common. A value lies inside a crime or an operation by
-- reports that their owners let be discovered for investigations: nothing hidden tells anybody anything. Of one value at most
-- 1000 observations are looked at; more hold it than could tell two agencies anything.
CREATE FUNCTION hueandcry_meetings() RETURNS TABLE ("left" bigint, "right" bigint, kinds text[], left_values bigint[],
    right_values bigint[], things text[], near boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    WITH live AS MATERIALIZED (SELECT * FROM hueandcry_live_interests()),
    vals AS MATERIALIZED (
        SELECT v.id, v.interest, v.hash, v.observable, l.organisation
        FROM linkage_interestvalue v JOIN live l ON l.interest = v.interest),
    inside AS MATERIALIZED (
        SELECT DISTINCT v.id, v.interest, v.hash, v.organisation, cr.crime, oc.operation
        FROM vals v
        CROSS JOIN LATERAL (SELECT n.report_id FROM exchange_observation n WHERE n.observable = v.observable LIMIT 1000) n
        JOIN exchange_report r ON r.id = n.report_id
        JOIN linkage_crimereport cr ON cr.report = r.id
        LEFT JOIN linkage_operationcrime oc ON oc.crime = cr.crime
        WHERE r.state = 'current' AND r.discoverability <> 'hidden' AND 'investigation' = ANY (r.purpose)
            AND EXISTS (SELECT 1 FROM live l WHERE l.crime = cr.crime OR l.operation = oc.operation)),
    met(a, b, kind, a_value, b_value, thing) AS (
        SELECT x.interest, y.interest, 'value', x.id, y.id, 'value ' || x.hash
        FROM vals x JOIN vals y ON y.hash = x.hash AND x.organisation < y.organisation
        UNION ALL
        SELECT x.interest, y.interest, 'crime', NULL, NULL, 'crime ' || x.crime
        FROM live x JOIN live y ON y.crime = x.crime AND x.organisation < y.organisation
        UNION ALL
        SELECT x.interest, y.interest, 'operation', NULL, NULL, 'operation ' || x.operation
        FROM live x JOIN live y ON y.operation = x.operation AND x.organisation < y.organisation
        UNION ALL
        SELECT x.interest, y.interest, 'inside', x.id, NULL, 'inside ' || x.hash
        FROM inside x JOIN live y ON x.organisation <> y.organisation
            AND (y.crime = x.crime OR y.own_operation AND y.operation = x.operation))
    SELECT least(m.a, m.b), greatest(m.a, m.b), array_agg(DISTINCT m.kind),
        coalesce(array_agg(DISTINCT CASE WHEN m.a < m.b THEN m.a_value ELSE m.b_value END)
            FILTER (WHERE CASE WHEN m.a < m.b THEN m.a_value ELSE m.b_value END IS NOT NULL), '{}'),
        coalesce(array_agg(DISTINCT CASE WHEN m.a < m.b THEN m.b_value ELSE m.a_value END)
            FILTER (WHERE CASE WHEN m.a < m.b THEN m.b_value ELSE m.a_value END IS NOT NULL), '{}'),
        array_agg(DISTINCT m.thing), bool_or(x.near OR y.near)
    FROM met m JOIN live x ON x.interest = m.a JOIN live y ON y.interest = m.b
    GROUP BY least(m.a, m.b), greatest(m.a, m.b)
    ORDER BY 1, 2
$$;

-- Writes down what meets, each pair once, and gives whom to tell: an organisation, the address of its side, whether it is
-- urgent. Two agencies whose open overlap holds a thing already are not told of it again by a second interest of one of
-- them. Called by a round, outside any viewer.
CREATE FUNCTION hueandcry_deconflict() RETURNS TABLE (organisation bigint, reference uuid, urgent boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public SET jit = off AS $$
#variable_conflict use_column
DECLARE
    m record;
    known bigint;
    bodies bigint[];
BEGIN
    IF hueandcry_person() IS NOT NULL THEN
        RAISE EXCEPTION 'a round, and nobody''s own' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(7303, 0);
    FOR m IN SELECT * FROM hueandcry_meetings() LOOP
        SELECT o.id INTO known FROM linkage_overlap o WHERE o."left" = m."left" AND o."right" = m."right";
        IF known IS NULL THEN
            bodies := ARRAY(SELECT i.organisation FROM linkage_interest i WHERE i.id IN (m."left", m."right"));
            CONTINUE WHEN NOT EXISTS (
                SELECT unnest(m.things) EXCEPT
                SELECT unnest(o.things) FROM linkage_overlap o
                WHERE EXISTS (SELECT 1 FROM linkage_overlapside s WHERE s.overlap = o.id AND s.closed_at IS NULL)
                    AND (SELECT count(*) FROM linkage_overlapside s WHERE s.overlap = o.id AND s.organisation = ANY (bodies)) = 2
                    AND (SELECT count(*) FROM hueandcry_live_interests() l WHERE l.interest IN (o."left", o."right")) = 2);
            INSERT INTO linkage_overlap ("left", "right", things) VALUES (m."left", m."right", m.things) RETURNING id INTO known;
            RETURN QUERY INSERT INTO linkage_overlapside AS s (overlap, organisation, interest, kinds, "values", urgent_at, stand, outcome)
                SELECT known, i.organisation, i.id, m.kinds, CASE WHEN i.id = m."left" THEN m.left_values ELSE m.right_values END,
                    CASE WHEN m.near THEN now() END, '', ''
                FROM linkage_interest i WHERE i.id IN (m."left", m."right") ORDER BY i.id
                RETURNING s.organisation, s.reference, m.near;
        ELSE
            UPDATE linkage_overlap o SET things = ARRAY(SELECT DISTINCT unnest(o.things || m.things) ORDER BY 1)
            WHERE o.id = known AND NOT o.things @> m.things;
            UPDATE linkage_overlapside s SET kinds = ARRAY(SELECT DISTINCT unnest(s.kinds || m.kinds) ORDER BY 1),
                "values" = ARRAY(SELECT DISTINCT unnest(s."values" || n.vals) ORDER BY 1)
            FROM (SELECT m."left" AS interest, m.left_values AS vals UNION ALL SELECT m."right", m.right_values) n
            WHERE s.overlap = known AND s.interest = n.interest AND NOT (s.kinds @> m.kinds AND s."values" @> n.vals);
            IF m.near THEN
                RETURN QUERY UPDATE linkage_overlapside s SET urgent_at = now()
                    WHERE s.overlap = known AND s.urgent_at IS NULL AND s.closed_at IS NULL
                    RETURNING s.organisation, s.reference, true;
            END IF;
        END IF;
    END LOOP;
END $$;

-- What the viewer's side may know of the other: what the other chose to tell, and never more than the viewer's own side
-- tells. Nothing where the other is no member in good standing any more.
CREATE FUNCTION hueandcry_other_side(wanted uuid) RETURNS TABLE (there boolean, name text, country text, contact text, note text,
    stand text, stand_at timestamptz, outcome text, closed_at timestamptz, holds_back boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT o.interest IN (SELECT l.interest FROM hueandcry_live_interests() l),
        CASE WHEN k.level >= 1 THEN b.name ELSE '' END, CASE WHEN k.level >= 1 THEN b.country::text ELSE '' END,
        CASE WHEN k.level >= 1 THEN their.contact ELSE '' END, CASE WHEN k.level >= 2 THEN their.note ELSE '' END,
        o.stand, o.stand_at, o.outcome, o.closed_at, k.level < k.theirs
    FROM linkage_overlapside s JOIN linkage_overlapside o ON o.overlap = s.overlap AND o.id <> s.id
    JOIN linkage_interest mine ON mine.id = s.interest JOIN linkage_interest their ON their.id = o.interest
    JOIN members_organisation b ON b.id = o.organisation AND b.state = 'vetted'
    CROSS JOIN LATERAL (
        SELECT least(t.mine, t.theirs) AS level, t.theirs FROM (
            SELECT array_position(ARRAY['meeting', 'contact', 'note'], mine.tells) - 1 AS mine,
                array_position(ARRAY['meeting', 'contact', 'note'], their.tells) - 1 AS theirs) t) k
    WHERE s.reference = wanted AND s.organisation = hueandcry_organisation() AND hueandcry_investigator()
$$;

-- To whom word of the viewer's own side goes: the other organisation, and the address of its side. An id only.
CREATE FUNCTION hueandcry_other_address(wanted uuid) RETURNS TABLE (organisation bigint, reference uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT o.organisation, o.reference
    FROM linkage_overlapside s JOIN linkage_overlapside o ON o.overlap = s.overlap AND o.id <> s.id
    WHERE s.reference = wanted AND s.organisation = hueandcry_organisation() AND hueandcry_investigator()
        AND hueandcry_deconflicts(o.organisation)
$$;

-- What is kept no longer: values ninety days after their interest ended, spending after a month.
CREATE FUNCTION hueandcry_interests_forget() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM linkage_interestvalue v USING linkage_interest i WHERE i.id = v.interest
        AND least(i.withdrawn_at, (i.until + 1)::timestamptz) < now() - interval '90 days';
    DELETE FROM linkage_interestspend WHERE at < now() - interval '31 days';
END $$;
REVOKE ALL ON FUNCTION hueandcry_live_interests(), hueandcry_meetings() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hueandcry_live_interests(), hueandcry_meetings() TO {blind};
GRANT EXECUTE ON FUNCTION hueandcry_deconflicts(bigint) TO {blind};
