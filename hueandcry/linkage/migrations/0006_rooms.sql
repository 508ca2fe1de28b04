-- Case rooms. Who is in a room decides what they see, so these tables are written by blind functions alone, each with its
-- rule of who may; they answer NULL or false where somebody may not, and then nothing is written.

-- The law enforcement of the alliance: a principal that the people of its vetted organisations of that kind hold.
INSERT INTO members_principal (id, kind) VALUES (3, 'circle');

-- Who somebody is: as members/migrations/0002_viewer.sql says, and besides: law enforcement, and the rooms that they are
-- named in. A room's circle counts while it is open, its record also after; both only while the organisation has joined
-- and the person is still of it. A suspended organisation's people hold none of this.
CREATE OR REPLACE FUNCTION hueandcry_identify(who bigint, OUT organisation bigint, OUT state text, OUT roles text[],
    OUT secretariat boolean, OUT principals bigint[], OUT name text, OUT country text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT o.id, coalesce(o.state, ''),
        CASE WHEN o.state IN ('vetted', 'applicant') THEN p.roles ELSE '{}' END,
        coalesce(o.secretariat AND o.state = 'vetted', false),
        CASE WHEN p.id IS NULL OR NOT p.is_active OR o.state IN ('suspended', 'left') THEN ARRAY[1]::bigint[]
             WHEN o.id IS NULL THEN ARRAY[1, p.principal_id]
             WHEN o.state = 'applicant' THEN ARRAY[1, p.principal_id, o.principal_id]
             ELSE ARRAY[1, 2, p.principal_id, o.principal_id]
                || CASE WHEN o.kind = 'law-enforcement' THEN ARRAY[3]::bigint[] ELSE '{}'::bigint[] END
                || ARRAY(
                SELECT c.principal_id FROM members_circlemember m JOIN members_circle c ON c.id = m.circle_id
                WHERE m.organisation_id = o.id AND c.closed_at IS NULL ORDER BY c.principal_id)
                || ARRAY(
                SELECT held.principal FROM linkage_roomperson n
                JOIN linkage_roomorganisation b ON b.room_id = n.room_id AND b.organisation = n.organisation AND b.state = 'joined'
                JOIN linkage_room r ON r.id = n.room_id
                CROSS JOIN LATERAL (SELECT r.record AS principal UNION ALL SELECT r.principal WHERE r.closed_at IS NULL) held
                WHERE n.person = p.id AND n.left_at IS NULL AND n.organisation = o.id ORDER BY held.principal) END,
        coalesce(o.name, ''), coalesce(o.country, '')
    FROM (SELECT who AS id) w
    LEFT JOIN members_person p ON p.id = w.id
    LEFT JOIN members_organisation o ON o.id = p.organisation_id
$$;

-- The circle of a room is among the circles of those in it. The secretariat keeps the list of circles, not that of rooms.
-- No name that somebody types becomes a slug that begins with "_".
ALTER POLICY circle_read ON members_circle USING (principal_id = ANY ((SELECT hueandcry_principals())::bigint[])
    OR (SELECT hueandcry_secretariat()) AND left(slug, 6) <> '_room-');
ALTER POLICY circle_write ON members_circle USING ((SELECT hueandcry_secretariat()) AND left(slug, 6) <> '_room-')
    WITH CHECK ((SELECT hueandcry_secretariat()) AND left(slug, 6) <> '_room-');
-- Nobody becomes a member of a room's circle by this table: rooms have people, not organisations, for members.
ALTER POLICY circlemember_write ON members_circlemember USING ((SELECT hueandcry_secretariat()))
    WITH CHECK ((SELECT hueandcry_secretariat())
        AND EXISTS (SELECT 1 FROM members_circle c WHERE c.id = circle_id AND left(c.slug, 6) <> '_room-'));
CREATE POLICY blind_rooms ON members_circle TO {blind} USING (left(slug, 6) = '_room-') WITH CHECK (left(slug, 6) = '_room-');
GRANT INSERT, UPDATE ON members_circle TO {blind};
GRANT INSERT ON members_principal TO {blind};
GRANT USAGE ON SEQUENCE members_principal_id_seq, members_circle_id_seq TO {blind};

-- Who sees what -----------------------------------------------------------------------------------------------------
-- Rooms that the viewer's organisation is asked into and has not answered; its analysts and administrators see what for.
CREATE FUNCTION hueandcry_rooms_invited() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(b.room_id), '{}') FROM linkage_roomorganisation b JOIN linkage_room r ON r.id = b.room_id
    WHERE b.organisation = hueandcry_organisation() AND b.state = 'invited' AND b.expires_at > now() AND r.closed_at IS NULL
        AND hueandcry_holds('{analyst,administrator}') AND 2 = ANY (hueandcry_principals()) $$;

-- The viewer's role in a room: lead, member, or NULL where they are not in it.
CREATE FUNCTION hueandcry_room_role(wanted bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT n.role FROM linkage_roomperson n
    JOIN linkage_roomorganisation b ON b.room_id = n.room_id AND b.organisation = n.organisation AND b.state = 'joined'
    WHERE n.room_id = wanted AND n.person = hueandcry_person() AND n.organisation = hueandcry_organisation()
        AND n.left_at IS NULL AND 2 = ANY (hueandcry_principals()) $$;

-- Open rooms that the viewer leads.
CREATE FUNCTION hueandcry_rooms_led() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(r.id), '{}') FROM linkage_room r WHERE r.closed_at IS NULL AND hueandcry_room_role(r.id) = 'lead'
        AND r.audience = ANY (hueandcry_audiences()) $$;

CREATE POLICY room_read ON linkage_room FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]) OR id = ANY ((SELECT hueandcry_rooms_invited())::bigint[]));
-- One's own organisation's part shows to it while it waits for an answer; colleagues of those in the room see none of it.
CREATE POLICY roomorganisation_read ON linkage_roomorganisation FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    OR organisation = (SELECT hueandcry_organisation()) AND room_id = ANY ((SELECT hueandcry_rooms_invited())::bigint[]));
CREATE POLICY roomperson_read ON linkage_roomperson FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY roomevent_read ON linkage_roomevent FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY roomevent_insert ON linkage_roomevent FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM linkage_room r WHERE r.id = room_id AND r.audience = linkage_roomevent.audience));
REVOKE INSERT, UPDATE, DELETE ON linkage_room, linkage_roomorganisation, linkage_roomperson FROM {app};
REVOKE UPDATE, DELETE ON linkage_roomevent FROM {app};
CREATE POLICY blind_write ON linkage_room TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_write ON linkage_roomorganisation TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_write ON linkage_roomperson TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_write ON linkage_roomevent TO {blind} USING (true) WITH CHECK (true);
GRANT INSERT, UPDATE ON linkage_room, linkage_roomorganisation, linkage_roomperson, linkage_roomevent TO {blind};
GRANT USAGE ON SEQUENCE linkage_room_id_seq, linkage_roomorganisation_id_seq, linkage_roomperson_id_seq,
    linkage_roomevent_id_seq TO {blind};

-- What is done ------------------------------------------------------------------------------------------------------
-- Somebody who works on cases: an analyst or administrator of a member in good standing.
CREATE FUNCTION hueandcry_works_cases() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT hueandcry_person() IS NOT NULL AND hueandcry_organisation() IS NOT NULL AND 2 = ANY (hueandcry_principals())
        AND hueandcry_holds('{analyst,administrator}') $$;

CREATE FUNCTION hueandcry_room_note(wanted bigint, what text, whom bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    INSERT INTO linkage_roomevent (room_id, audience, organisation, person, act, about)
    SELECT r.id, r.audience, hueandcry_organisation(), hueandcry_person(), what, whom FROM linkage_room r WHERE r.id = wanted $$;

-- Lets the rest of this transaction see the room that the viewer has just come to be in.
CREATE FUNCTION hueandcry_room_entered(circle_principal bigint, record_principal bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM set_config('hueandcry.principals', (hueandcry_principals() || circle_principal || record_principal)::text, true);
    PERFORM hueandcry_intern(ARRAY[record_principal]);
END $$;

-- Opens a room, with a circle and a record of its own; who opens it leads it. NULL: they may not.
CREATE FUNCTION hueandcry_room_open(ref uuid, called text, why text, basis text, most text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE circle_principal bigint; record_principal bigint; own_circle bigint; made bigint; seen integer;
BEGIN
    IF NOT hueandcry_works_cases() THEN RETURN NULL; END IF;
    INSERT INTO members_principal (kind) VALUES ('circle') RETURNING id INTO circle_principal;
    INSERT INTO members_principal (kind) VALUES ('circle') RETURNING id INTO record_principal;
    -- The beginning of the reference is in the name: two rooms may be called alike, and nobody learns that they are.
    INSERT INTO members_circle (principal_id, slug, name, purpose)
    VALUES (circle_principal, '_room-' || replace(ref::text, '-', ''), called || ' (case room ' || left(ref::text, 8) || ')', why)
    RETURNING id INTO own_circle;
    PERFORM hueandcry_room_entered(circle_principal, record_principal);
    seen := hueandcry_intern(ARRAY[record_principal]);
    INSERT INTO linkage_room (reference, name, purpose, legal_basis, ceiling, circle, principal, record, audience, organisation, person)
    VALUES (ref, called, why, basis, most, own_circle, circle_principal, record_principal, seen, hueandcry_organisation(), hueandcry_person())
    RETURNING id INTO made;
    INSERT INTO linkage_roomorganisation (room_id, audience, organisation, state, words, invited_by, expires_at)
    VALUES (made, seen, hueandcry_organisation(), 'joined', '', hueandcry_person(), now());
    INSERT INTO linkage_roomperson (room_id, audience, organisation, person, role, named_by)
    VALUES (made, seen, hueandcry_organisation(), hueandcry_person(), 'lead', hueandcry_person());
    PERFORM hueandcry_room_note(made, 'opened', NULL);
    RETURN made;
END $$;

-- Asks an organisation in. Who was in it once can be asked again; false: the viewer does not lead it, or it is closed, or
-- that organisation is no member in good standing, or is in it.
CREATE FUNCTION hueandcry_room_invite(wanted bigint, body bigint, said text, days integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT wanted = ANY (hueandcry_rooms_led()) OR NOT days BETWEEN 1 AND 90
        OR NOT EXISTS (SELECT 1 FROM members_organisation o WHERE o.id = body AND o.state = 'vetted') THEN RETURN false; END IF;
    INSERT INTO linkage_roomorganisation AS b (room_id, audience, organisation, state, words, invited_by, expires_at)
    SELECT r.id, r.audience, body, 'invited', said, hueandcry_person(), now() + make_interval(days => days)
    FROM linkage_room r WHERE r.id = wanted
    ON CONFLICT (room_id, organisation) DO UPDATE SET state = 'invited', words = excluded.words, invited_by = excluded.invited_by,
        invited_at = now(), expires_at = excluded.expires_at, changed_at = now(), changed_by = hueandcry_person()
    WHERE b.state <> 'joined';
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM hueandcry_room_note(wanted, 'invited', body);
    RETURN true;
END $$;

-- Accepts or declines for one's organisation; who accepts is in it. Gives who leads the room, to be told; NULL: there is no
-- invitation that could be answered now.
CREATE FUNCTION hueandcry_room_answer(wanted bigint, accepted boolean) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE r linkage_room;
BEGIN
    IF NOT hueandcry_works_cases() OR NOT wanted = ANY (hueandcry_rooms_invited()) THEN RETURN NULL; END IF;
    SELECT * INTO r FROM linkage_room WHERE id = wanted;
    UPDATE linkage_roomorganisation SET state = CASE WHEN accepted THEN 'joined' ELSE 'declined' END, changed_at = now(),
        changed_by = hueandcry_person()
    WHERE room_id = wanted AND organisation = hueandcry_organisation() AND state = 'invited';
    IF NOT FOUND THEN RETURN NULL; END IF;  -- a colleague was quicker
    IF accepted THEN
        INSERT INTO linkage_roomperson (room_id, audience, organisation, person, role, named_by)
        VALUES (wanted, r.audience, hueandcry_organisation(), hueandcry_person(), 'member', hueandcry_person())
        ON CONFLICT (room_id, person) WHERE left_at IS NULL DO NOTHING;
        PERFORM hueandcry_room_entered(r.principal, r.record);
    END IF;
    PERFORM hueandcry_room_note(wanted, CASE WHEN accepted THEN 'joined' ELSE 'declined' END, hueandcry_organisation());
    RETURN ARRAY(SELECT n.person FROM linkage_roomperson n WHERE n.room_id = wanted AND n.role = 'lead' AND n.left_at IS NULL);
END $$;

-- Names somebody of one's own organisation, or (who leads) makes somebody who is in it a lead. False: they may not.
CREATE FUNCTION hueandcry_room_name(wanted bigint, who bigint, as_role text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE r linkage_room;
BEGIN
    SELECT * INTO r FROM linkage_room WHERE id = wanted AND closed_at IS NULL;
    IF r.id IS NULL OR hueandcry_room_role(wanted) IS NULL OR NOT hueandcry_works_cases() THEN RETURN false; END IF;
    IF as_role = 'lead' THEN
        IF NOT wanted = ANY (hueandcry_rooms_led()) THEN RETURN false; END IF;
        UPDATE linkage_roomperson SET role = 'lead' WHERE room_id = wanted AND person = who AND left_at IS NULL AND role = 'member';
        IF NOT FOUND THEN RETURN false; END IF;
        PERFORM hueandcry_room_note(wanted, 'made lead', who);
        RETURN true;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM members_person p WHERE p.id = who AND p.is_active AND p.organisation_id = hueandcry_organisation())
        THEN RETURN false; END IF;
    -- somebody who came back from another organisation is named anew
    UPDATE linkage_roomperson SET left_at = now() WHERE room_id = wanted AND person = who AND left_at IS NULL
        AND organisation <> hueandcry_organisation();
    INSERT INTO linkage_roomperson (room_id, audience, organisation, person, role, named_by)
    VALUES (wanted, r.audience, hueandcry_organisation(), who, 'member', hueandcry_person())
    ON CONFLICT (room_id, person) WHERE left_at IS NULL DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM hueandcry_room_note(wanted, 'named', who);
    RETURN true;
END $$;

-- Takes somebody out: oneself, a colleague, or (who leads) anybody. A room keeps a lead who can act: false.
CREATE FUNCTION hueandcry_room_unname(wanted bigint, who bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE own text := hueandcry_room_role(wanted);
BEGIN
    PERFORM 1 FROM linkage_room WHERE id = wanted FOR UPDATE;  -- two leads who leave at once
    IF own IS NULL OR NOT EXISTS (SELECT 1 FROM linkage_roomperson n WHERE n.room_id = wanted AND n.person = who AND n.left_at IS NULL
            AND (own = 'lead' OR n.organisation = hueandcry_organisation()))
        OR hueandcry_room_last_lead(wanted, ARRAY[who]) THEN RETURN false; END IF;
    UPDATE linkage_roomperson SET left_at = now() WHERE room_id = wanted AND person = who AND left_at IS NULL;
    PERFORM hueandcry_room_note(wanted, CASE WHEN who = hueandcry_person() THEN 'went' ELSE 'taken out' END, who);
    RETURN true;
END $$;

-- Whether no lead of an open room would be left without these people.
CREATE FUNCTION hueandcry_room_last_lead(wanted bigint, gone bigint[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM linkage_room r WHERE r.id = wanted AND r.closed_at IS NULL) AND NOT EXISTS (
        SELECT 1 FROM linkage_roomperson n JOIN members_person p ON p.id = n.person AND p.is_active AND p.organisation_id = n.organisation
        WHERE n.room_id = wanted AND n.role = 'lead' AND n.left_at IS NULL AND NOT n.person = ANY (gone)) $$;

-- Ends an organisation's part: it leaves, or (who leads) removes it or takes an invitation back; all its people are out at
-- once. Gives the word for it; NULL: they may not, or the room would have no lead.
CREATE FUNCTION hueandcry_room_end(wanted bigint, body bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE own boolean := body = hueandcry_organisation(); was text; becomes text;
BEGIN
    PERFORM 1 FROM linkage_room WHERE id = wanted FOR UPDATE;
    IF hueandcry_room_role(wanted) IS NULL OR NOT hueandcry_works_cases() OR NOT own AND NOT wanted = ANY (hueandcry_rooms_led())
        OR hueandcry_room_last_lead(wanted, ARRAY(SELECT n.person FROM linkage_roomperson n
            WHERE n.room_id = wanted AND n.organisation = body AND n.left_at IS NULL)) THEN RETURN NULL; END IF;
    SELECT b.state INTO was FROM linkage_roomorganisation b WHERE b.room_id = wanted AND b.organisation = body FOR UPDATE;
    becomes := CASE WHEN was = 'joined' AND own THEN 'left' WHEN was = 'joined' THEN 'removed' WHEN was = 'invited' THEN 'uninvited' END;
    IF becomes IS NULL THEN RETURN NULL; END IF;
    PERFORM hueandcry_room_note(wanted, becomes, body);
    UPDATE linkage_roomorganisation SET state = becomes, changed_at = now(), changed_by = hueandcry_person()
    WHERE room_id = wanted AND organisation = body;
    UPDATE linkage_roomperson SET left_at = now() WHERE room_id = wanted AND organisation = body AND left_at IS NULL;
    RETURN becomes;
END $$;

-- Closes a room for good: its circle ends, and with it the sight of what was shared by it; its record stays to be read by
-- those who are in it now, and nothing is added to it.
CREATE FUNCTION hueandcry_room_close(wanted bigint, said text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT wanted = ANY (hueandcry_rooms_led()) THEN RETURN false; END IF;
    PERFORM hueandcry_room_note(wanted, 'closed', NULL);
    UPDATE linkage_room SET closed_at = now(), closed_by = hueandcry_person(), closing = said WHERE id = wanted;
    UPDATE members_circle SET closed_at = now() WHERE id = (SELECT circle FROM linkage_room WHERE id = wanted);
    UPDATE linkage_roomorganisation SET state = 'uninvited', changed_at = now(), changed_by = hueandcry_person()
    WHERE room_id = wanted AND state = 'invited';
    UPDATE linkage_thread SET closed_at = now() WHERE room = wanted AND closed_at IS NULL;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION hueandcry_room_note(bigint, text, bigint), hueandcry_room_entered(bigint, bigint),
    hueandcry_room_last_lead(bigint, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hueandcry_room_note(bigint, text, bigint), hueandcry_room_entered(bigint, bigint),
    hueandcry_room_last_lead(bigint, bigint[]) TO {blind};
