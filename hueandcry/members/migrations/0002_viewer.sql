-- The viewer: settings local to one transaction, entered through hueandcry_enter and read by every policy.
INSERT INTO members_principal (id, kind) VALUES (1, 'everyone'), (2, 'alliance');
SELECT setval(pg_get_serial_sequence('members_principal', 'id'), 100);

CREATE FUNCTION hueandcry_audiences() RETURNS integer[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('hueandcry.audiences', true), ''), '{}')::integer[] $$;
CREATE FUNCTION hueandcry_principals() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('hueandcry.principals', true), ''), '{}')::bigint[] $$;
CREATE FUNCTION hueandcry_organisation() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('hueandcry.organisation', true), '')::bigint $$;
CREATE FUNCTION hueandcry_person() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('hueandcry.person', true), '')::bigint $$;
CREATE FUNCTION hueandcry_secretariat() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('hueandcry.secretariat', true), '') = 'yes' $$;

-- Who somebody is. A suspended, left or unknown organisation leaves its people with what everyone sees;
-- an applicant's people see their own organisation's things and not yet the alliance's.
CREATE FUNCTION hueandcry_identify(who bigint, OUT organisation bigint, OUT state text, OUT roles text[],
    OUT secretariat boolean, OUT principals bigint[], OUT name text, OUT country text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT o.id, coalesce(o.state, ''),
        CASE WHEN o.state IN ('vetted', 'applicant') THEN p.roles ELSE '{}' END,
        coalesce(o.secretariat AND o.state = 'vetted', false),
        CASE WHEN p.id IS NULL OR NOT p.is_active OR o.state IN ('suspended', 'left') THEN ARRAY[1]::bigint[]
             WHEN o.id IS NULL THEN ARRAY[1, p.principal_id]
             WHEN o.state = 'applicant' THEN ARRAY[1, p.principal_id, o.principal_id]
             ELSE ARRAY[1, 2, p.principal_id, o.principal_id] || ARRAY(
                SELECT c.principal_id FROM members_circlemember m JOIN members_circle c ON c.id = m.circle_id
                WHERE m.organisation_id = o.id AND c.closed_at IS NULL ORDER BY c.principal_id) END,
        coalesce(o.name, ''), coalesce(o.country, '')
    FROM (SELECT who AS id) w
    LEFT JOIN members_person p ON p.id = w.id
    LEFT JOIN members_organisation o ON o.id = p.organisation_id
$$;

-- Sets the viewer for the rest of this transaction.
CREATE FUNCTION hueandcry_enter(who bigint, body bigint, seen bigint[], rights text[], office boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE record text := '';
BEGIN
    IF office AND rights && ARRAY['dpo', 'secretary'] THEN record := 'all';
    ELSIF rights && ARRAY['dpo', 'administrator'] THEN record := 'own';
    END IF;
    PERFORM set_config('hueandcry.person', coalesce(who::text, ''), true),
        set_config('hueandcry.organisation', coalesce(body::text, ''), true),
        set_config('hueandcry.principals', seen::text, true),
        set_config('hueandcry.secretariat', CASE WHEN office AND rights && ARRAY['secretary', 'administrator'] THEN 'yes' ELSE '' END, true),
        set_config('hueandcry.roles', rights::text, true),
        set_config('hueandcry.audit', record, true),
        set_config('hueandcry.audiences', (SELECT coalesce(array_agg(DISTINCT audience ORDER BY audience), '{}')::text
            FROM members_audienceprincipal WHERE principal = ANY (seen)), true);
END $$;

-- The id of an audience; made where it is new, and added to the viewer's where the viewer is in it.
CREATE FUNCTION hueandcry_intern(wanted bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    sorted bigint[] := ARRAY(SELECT DISTINCT unnest(wanted) ORDER BY 1);
    found integer;
BEGIN
    SELECT id INTO found FROM members_audience WHERE principals = sorted;
    IF found IS NULL THEN
        INSERT INTO members_audience (principals) VALUES (sorted) ON CONFLICT (principals) DO NOTHING RETURNING id INTO found;
        IF found IS NULL THEN
            SELECT id INTO found FROM members_audience WHERE principals = sorted;
        ELSE
            INSERT INTO members_audienceprincipal (principal, audience) SELECT unnest(sorted), found;
        END IF;
    END IF;
    IF sorted && hueandcry_principals() AND NOT found = ANY (hueandcry_audiences()) THEN
        PERFORM set_config('hueandcry.audiences', (hueandcry_audiences() || found)::text, true);
    END IF;
    RETURN found;
END $$;

-- Audiences are read by blind functions alone: the sets themselves tell who shares with whom.
REVOKE ALL ON members_audience, members_audienceprincipal FROM {app};
GRANT SELECT, INSERT ON members_audience, members_audienceprincipal TO {blind};
GRANT USAGE ON SEQUENCE members_audience_id_seq TO {blind};
GRANT SELECT ON members_person, members_principal TO {blind};

-- The directory: every vetted member sees the organisations; an applicant its own; nobody else any.
CREATE POLICY organisation_read ON members_organisation FOR SELECT USING (
    id = (SELECT hueandcry_organisation()) OR 2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY organisation_write ON members_organisation FOR ALL USING (
    id = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_secretariat()))
    WITH CHECK (id = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_secretariat()));
-- A circle shows to those in it and to the secretariat, which keeps the list of circles but is in none by right.
CREATE POLICY circle_read ON members_circle FOR SELECT USING (
    principal_id = ANY ((SELECT hueandcry_principals())::bigint[]) OR (SELECT hueandcry_secretariat()));
CREATE POLICY circle_write ON members_circle FOR ALL USING ((SELECT hueandcry_secretariat()))
    WITH CHECK ((SELECT hueandcry_secretariat()));
CREATE POLICY circlemember_read ON members_circlemember FOR SELECT USING (
    EXISTS (SELECT 1 FROM members_circle c WHERE c.id = circle_id));
CREATE POLICY circlemember_write ON members_circlemember FOR ALL USING ((SELECT hueandcry_secretariat()))
    WITH CHECK ((SELECT hueandcry_secretariat()));
CREATE POLICY agreement_all ON members_agreement FOR ALL USING (
    organisation_id = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_secretariat()))
    WITH CHECK (organisation_id = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_secretariat()));

-- Row-level security decides which rows an organisation may write, not which columns: what the secretariat decides of a
-- member (its standing, its name and country, whether it is the office itself) is held by a trigger.
CREATE FUNCTION hueandcry_guard_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.state, NEW.secretariat, NEW.tier, NEW.kind, NEW.name, NEW.country, NEW.principal_id)
        IS DISTINCT FROM (OLD.state, OLD.secretariat, OLD.tier, OLD.kind, OLD.name, OLD.country, OLD.principal_id)
        AND quote_ident(current_user) = quote_ident(trim(both '"' from '{app}')) AND NOT hueandcry_secretariat() THEN
        RAISE EXCEPTION 'only the secretariat changes the standing of a member' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organisation_standing BEFORE UPDATE ON members_organisation
    FOR EACH ROW EXECUTE FUNCTION hueandcry_guard_standing();
