-- A draft is its organisation's. Open, a call shows to its audience; who asks moves it on, along one table of moves
-- (capacity/clearing/life.py; a test tries every other move here).
CREATE POLICY call_read ON capacity_call FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY call_insert ON capacity_call FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND state = 'draft'
    AND audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND 2 = ANY ((SELECT hueandcry_principals())::bigint[])
    AND (SELECT hueandcry_holds('{officer,analyst,administrator}')));
CREATE POLICY call_update ON capacity_call FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND state NOT IN ('done', 'withdrawn')
    AND (SELECT hueandcry_holds('{officer,analyst,administrator}')))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND audience = ANY ((SELECT hueandcry_audiences())::integer[]));
REVOKE UPDATE, DELETE ON capacity_call FROM {app};
GRANT UPDATE (state, audience, country, title, about, aspects, parties, closed, answer_by, opened_at, ended_at, outcome)
    ON capacity_call TO {app};
CREATE FUNCTION hueandcry_call_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('draft', 'open'), ('draft', 'withdrawn'), ('open', 'agreed'),
            ('open', 'withdrawn'), ('agreed', 'open'), ('agreed', 'done'), ('agreed', 'withdrawn')) THEN
        RAISE insufficient_privilege USING MESSAGE = format('a call does not go from %s to %s', OLD.state, NEW.state);
    END IF;
    IF OLD.state <> 'draft' AND (OLD.audience, OLD.country, OLD.title, OLD.about, OLD.aspects, OLD.parties, OLD.closed)
            IS DISTINCT FROM (NEW.audience, NEW.country, NEW.title, NEW.about, NEW.aspects, NEW.parties, NEW.closed) THEN
        RAISE insufficient_privilege USING MESSAGE = 'what is asked does not change under those who offer';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER call_moves BEFORE UPDATE ON capacity_call FOR EACH ROW EXECUTE FUNCTION hueandcry_call_moves();

CREATE POLICY place_read ON capacity_place FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM capacity_call c WHERE c.id = call_id));
CREATE POLICY place_insert ON capacity_place FOR INSERT TO {app} WITH CHECK (EXISTS (
    SELECT 1 FROM capacity_call c WHERE c.id = call_id AND c.organisation = (SELECT hueandcry_organisation()) AND c.state = 'draft'));
CREATE POLICY place_delete ON capacity_place FOR DELETE TO {app} USING (EXISTS (
    SELECT 1 FROM capacity_call c WHERE c.id = call_id AND c.organisation = (SELECT hueandcry_organisation()) AND c.state = 'draft'));
REVOKE UPDATE ON capacity_place FROM {app};

-- Whether the asker of a call may see a resource: else offering it would show an expert to whom they did not agree.
CREATE FUNCTION hueandcry_asker_sees(wanted_call bigint, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM capacity_call c JOIN members_organisation o ON o.id = c.organisation
        JOIN capacity_resource r ON r.id = wanted JOIN members_audience a ON a.id = r.audience
        WHERE c.id = wanted_call AND o.state = 'vetted' AND a.principals && (ARRAY[2, o.principal_id]
            || CASE WHEN o.kind = 'law-enforcement' THEN ARRAY[3]::bigint[] ELSE '{}'::bigint[] END)) $$;
-- Whether an audience is those two organisations, asker and provider, and nobody else.
CREATE FUNCTION hueandcry_audience_between(wanted integer, one bigint, other bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM members_audience a WHERE a.id = wanted AND a.principals = ARRAY(
        SELECT o.principal_id FROM members_organisation o WHERE o.id IN (one, other) ORDER BY 1)) $$;

CREATE POLICY invitation_read ON capacity_invitation FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY invitation_insert ON capacity_invitation FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM capacity_call c WHERE c.id = call_id AND c.state = 'open'
        AND c.organisation = capacity_invitation.organisation)
    AND EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource AND r.state IN ('listed', 'fading')
        AND hueandcry_audience_between(capacity_invitation.audience, capacity_invitation.organisation, r.organisation)));
REVOKE UPDATE, DELETE ON capacity_invitation FROM {app};

CREATE POLICY offer_read ON capacity_offer FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY offer_insert ON capacity_offer FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND withdrawn_at IS NULL
    AND 2 = ANY ((SELECT hueandcry_principals())::bigint[]) AND (SELECT hueandcry_holds('{officer,analyst,administrator}'))
    AND EXISTS (SELECT 1 FROM capacity_call c WHERE c.id = call_id AND c.state = 'open' AND c.organisation <> capacity_offer.organisation
        AND hueandcry_audience_between(capacity_offer.audience, capacity_offer.organisation, c.organisation))
    AND EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource AND r.organisation = capacity_offer.organisation
        AND r.kind IN ('expert', 'course') AND r.state IN ('listed', 'fading'))
    AND hueandcry_asker_sees(call_id, resource));
CREATE POLICY offer_withdraw ON capacity_offer FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND withdrawn_at IS NULL)
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND withdrawn_at IS NOT NULL);
REVOKE UPDATE, DELETE ON capacity_offer FROM {app};
GRANT UPDATE (withdrawn_at) ON capacity_offer TO {app};

-- When these resources are taken, by any call: that somebody is busy, not where. Of resources that the viewer sees.
CREATE FUNCTION hueandcry_engaged(wanted bigint[]) RETURNS TABLE (resource_id bigint, starts date, ends date, done boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT a.resource, p.starts, p.ends, a.state = 'done' FROM capacity_assignment a
    JOIN capacity_place p ON p.id = a.place_id JOIN capacity_call c ON c.id = a.call_id AND c.state <> 'withdrawn'
    JOIN capacity_resource r ON r.id = a.resource AND r.audience = ANY (hueandcry_audiences())
    WHERE a.resource = ANY (wanted) AND a.state IN ('chosen', 'confirmed', 'done') $$;

-- Whom an asker chooses has a standing offer, no conflict of interest and time: whoever writes, and however.
CREATE POLICY assignment_read ON capacity_assignment FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY assignment_insert ON capacity_assignment FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND state = 'chosen'
    AND (SELECT hueandcry_holds('{officer,analyst,administrator}'))
    AND EXISTS (SELECT 1 FROM capacity_call c WHERE c.id = call_id AND c.organisation = capacity_assignment.organisation AND c.state = 'open')
    AND EXISTS (SELECT 1 FROM capacity_place p WHERE p.id = place_id AND p.call_id = capacity_assignment.call_id)
    AND EXISTS (SELECT 1 FROM capacity_offer o WHERE o.id = offer_id AND o.call_id = capacity_assignment.call_id AND o.withdrawn_at IS NULL
        AND o.resource = capacity_assignment.resource AND o.organisation = provider AND o.audience = capacity_assignment.audience));
CREATE POLICY assignment_update ON capacity_assignment FOR UPDATE TO {app} USING (
    (provider = (SELECT hueandcry_organisation()) OR organisation = (SELECT hueandcry_organisation()))
    AND (SELECT hueandcry_holds('{officer,analyst,administrator}')))
    WITH CHECK (provider = (SELECT hueandcry_organisation()) OR organisation = (SELECT hueandcry_organisation()));
REVOKE UPDATE, DELETE ON capacity_assignment FROM {app};
GRANT UPDATE (state, answered_at, days, outcome, rating) ON capacity_assignment TO {app};
CREATE FUNCTION hueandcry_assignment_guarded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    asked capacity_call; place capacity_place; kind text; fits boolean; busiest bigint; most integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('clearing ' || NEW.resource, 0));
    SELECT * INTO asked FROM capacity_call c WHERE c.id = NEW.call_id;
    SELECT * INTO place FROM capacity_place p WHERE p.id = NEW.place_id;
    SELECT r.kind, r.state IN ('listed', 'fading') INTO kind, fits FROM capacity_resource r WHERE r.id = NEW.resource;
    IF kind IS DISTINCT FROM place.kind OR NOT fits THEN
        RAISE insufficient_privilege USING MESSAGE = 'what is chosen is not of the kind that the place wants, or not listed';
    END IF;
    IF EXISTS (SELECT 1 FROM capacity_conflict x WHERE x.resource_id = NEW.resource
            AND coalesce(x.since, '-infinity') <= place.ends AND coalesce(x.until, 'infinity') >= place.starts
            AND (x.organisation = asked.organisation OR (x.country <> '' AND x.country = asked.country)
                OR (x.party <> '' AND lower(btrim(x.party)) IN (SELECT lower(btrim(each)) FROM unnest(asked.parties) each))))
        OR EXISTS (SELECT 1 FROM capacity_expert e WHERE e.resource_id = NEW.resource AND (e.employer = asked.organisation
            OR e.consent_withdrawn_at IS NOT NULL OR (place.from_elsewhere AND (asked.country = ANY (e.nationalities)
                OR asked.country = (SELECT r.home FROM capacity_resource r WHERE r.id = NEW.resource))))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'who has a conflict of interest is not sent';
    END IF;
    IF kind = 'expert' THEN
        SELECT e.at_once INTO most FROM capacity_expert e WHERE e.resource_id = NEW.resource;
        -- the count can only rise where a time begins; of one call nobody fills two places at a time
        SELECT max((SELECT count(*) + 1000 * count(*) FILTER (WHERE b.call_id = NEW.call_id) FROM capacity_assignment b
                JOIN capacity_place q ON q.id = b.place_id JOIN capacity_call d ON d.id = b.call_id AND d.state <> 'withdrawn'
                WHERE b.resource = NEW.resource AND b.state IN ('chosen', 'confirmed', 'done')
                    AND day BETWEEN q.starts AND q.ends)) INTO busiest
        FROM (SELECT place.starts AS day UNION SELECT q.starts FROM capacity_assignment b JOIN capacity_place q ON q.id = b.place_id
            WHERE b.resource = NEW.resource AND q.starts BETWEEN place.starts AND place.ends) days;
        IF busiest >= coalesce(most, 1) THEN
            RAISE insufficient_privilege USING MESSAGE = 'they are taken at that time';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_guarded BEFORE INSERT ON capacity_assignment FOR EACH ROW EXECUTE FUNCTION hueandcry_assignment_guarded();
-- Who sends answers; who asks takes back a choice and says what came of it.
CREATE FUNCTION hueandcry_assignment_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side text := CASE hueandcry_organisation() WHEN OLD.provider THEN 'provider' WHEN OLD.organisation THEN 'asker' ELSE '' END;
BEGIN
    IF (side, OLD.state, NEW.state) NOT IN (('provider', 'chosen', 'confirmed'), ('provider', 'chosen', 'declined'),
            ('provider', 'confirmed', 'declined'), ('asker', 'chosen', 'released'), ('asker', 'confirmed', 'released'),
            ('asker', 'confirmed', 'done'), ('asker', 'confirmed', 'failed')) THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s does not move an assignment from %s to %s', side, OLD.state, NEW.state);
    END IF;
    IF side = 'provider' AND (OLD.days, OLD.outcome, OLD.rating) IS DISTINCT FROM (NEW.days, NEW.outcome, NEW.rating) THEN
        RAISE insufficient_privilege USING MESSAGE = 'who asked says what came of it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_moves BEFORE UPDATE ON capacity_assignment FOR EACH ROW EXECUTE FUNCTION hueandcry_assignment_moves();
