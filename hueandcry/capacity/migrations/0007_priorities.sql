-- Rounds, proposals, comments and dissents are the alliance's. A round's phase follows from its days; so whoever writes,
-- and however, proposes, votes and counts in the time for it.
CREATE FUNCTION hueandcry_round_phase(held capacity_round) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN held.cancelled_at IS NOT NULL THEN 'cancelled' WHEN held.result IS NOT NULL THEN 'result'
        WHEN (now() AT TIME ZONE 'UTC')::date < held.discuss_on THEN 'propose'
        WHEN (now() AT TIME ZONE 'UTC')::date < held.vote_on THEN 'discuss'
        WHEN (now() AT TIME ZONE 'UTC')::date <= held.close_on THEN 'vote' ELSE 'count' END $$;
-- The chamber of an organisation follows from its kind.
CREATE FUNCTION hueandcry_chamber(kind text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE kind WHEN 'law-enforcement' THEN 'law-enforcement' WHEN 'business' THEN 'private-sector' WHEN 'government' THEN 'government'
        WHEN 'cert' THEN 'government' WHEN 'academia' THEN 'academia' WHEN 'non-profit' THEN 'civil-society' END $$;

CREATE POLICY round_read ON capacity_round FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY round_insert ON capacity_round FOR INSERT TO {app} WITH CHECK (
    (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary,administrator}'))
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND result IS NULL AND cancelled_at IS NULL AND discuss_on > (now() AT TIME ZONE 'UTC')::date);
CREATE POLICY round_update ON capacity_round FOR UPDATE TO {app} USING (
    (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary,administrator}')) AND result IS NULL AND cancelled_at IS NULL)
    WITH CHECK ((SELECT hueandcry_secretariat()));
REVOKE UPDATE, DELETE ON capacity_round FROM {app};
GRANT UPDATE (discuss_on, vote_on, close_on, cancelled_at, cancelled_why, counted_at, result, digest) ON capacity_round TO {app};
CREATE FUNCTION hueandcry_round_guarded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    phase text := hueandcry_round_phase(OLD);
BEGIN
    IF NEW.result IS NOT NULL AND phase <> 'count' THEN
        RAISE insufficient_privilege USING MESSAGE = 'a round is counted once, after voting';
    END IF;
    IF phase IN ('vote', 'count') AND ((NEW.discuss_on, NEW.vote_on) IS DISTINCT FROM (OLD.discuss_on, OLD.vote_on)
            OR NEW.close_on < OLD.close_on) THEN
        RAISE insufficient_privilege USING MESSAGE = 'voting that has begun is prolonged, never cut short or begun anew';
    END IF;
    IF phase IN ('propose', 'discuss') AND NEW.vote_on <> OLD.vote_on AND NEW.vote_on <= (now() AT TIME ZONE 'UTC')::date THEN
        RAISE insufficient_privilege USING MESSAGE = 'voting begins tomorrow at the earliest: nobody is left out of it';
    END IF;
    IF phase = 'count' AND NEW.close_on <> OLD.close_on THEN
        RAISE insufficient_privilege USING MESSAGE = 'voting is over';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_guarded BEFORE UPDATE ON capacity_round FOR EACH ROW EXECUTE FUNCTION hueandcry_round_guarded();

CREATE POLICY proposal_read ON capacity_proposal FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY proposal_insert ON capacity_proposal FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND merged_into_id IS NULL
    AND 2 = ANY ((SELECT hueandcry_principals())::bigint[]) AND (SELECT hueandcry_holds('{officer,analyst,administrator,secretary}'))
    AND EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND hueandcry_round_phase(r) = 'propose'));
CREATE POLICY proposal_update ON capacity_proposal FOR UPDATE TO {app} USING (
    (organisation = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_secretariat())) AND withdrawn_at IS NULL
    AND EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND hueandcry_round_phase(r) IN ('propose', 'discuss')))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_secretariat()));
REVOKE UPDATE, DELETE ON capacity_proposal FROM {app};
GRANT UPDATE (title, why, aspects, countries, merged_into_id, merged_why, withdrawn_at) ON capacity_proposal TO {app};
-- Its words are its proposer's, and while proposals are awaited; the office puts together what says the same.
CREATE FUNCTION hueandcry_proposal_guarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.title, NEW.why, NEW.aspects, NEW.countries) IS DISTINCT FROM (OLD.title, OLD.why, OLD.aspects, OLD.countries)
            AND (OLD.organisation IS DISTINCT FROM hueandcry_organisation() OR NOT EXISTS (
                SELECT 1 FROM capacity_round r WHERE r.id = OLD.round_id AND hueandcry_round_phase(r) = 'propose')) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the words of a proposal are its proposer''s, while proposals are awaited';
    END IF;
    IF NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at AND OLD.organisation IS DISTINCT FROM hueandcry_organisation() THEN
        RAISE insufficient_privilege USING MESSAGE = 'who proposed withdraws';
    END IF;
    IF NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id AND (NOT hueandcry_secretariat() OR NEW.merged_why = ''
            OR NOT EXISTS (SELECT 1 FROM capacity_proposal p WHERE p.id = NEW.merged_into_id AND p.round_id = OLD.round_id
                AND p.id <> OLD.id AND p.merged_into_id IS NULL AND p.withdrawn_at IS NULL)) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the office puts a proposal to a standing one of the same round, with a reason';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_guarded BEFORE UPDATE ON capacity_proposal FOR EACH ROW EXECUTE FUNCTION hueandcry_proposal_guarded();

CREATE POLICY proposalcomment_read ON capacity_proposalcomment FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_proposal p WHERE p.id = proposal_id));
CREATE POLICY proposalcomment_insert ON capacity_proposalcomment FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM capacity_proposal p JOIN capacity_round r ON r.id = p.round_id
        WHERE p.id = proposal_id AND hueandcry_round_phase(r) IN ('propose', 'discuss')));
REVOKE UPDATE, DELETE ON capacity_proposalcomment FROM {app};

-- A ballot is its organisation's alone, the office included; after the result it is everybody's where the round said so
-- when it opened.
CREATE POLICY ballot_read ON capacity_ballot FOR SELECT TO {app} USING (
    organisation = (SELECT hueandcry_organisation())
    OR (2 = ANY ((SELECT hueandcry_principals())::bigint[]) AND EXISTS (
        SELECT 1 FROM capacity_round r WHERE r.id = round_id AND hueandcry_round_phase(r) = 'result' AND r.ballots = 'published')));
CREATE POLICY ballot_insert ON capacity_ballot FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND 2 = ANY ((SELECT hueandcry_principals())::bigint[]) AND (SELECT hueandcry_holds('{officer,analyst,administrator,secretary}'))
    AND EXISTS (SELECT 1 FROM members_organisation o WHERE o.id = capacity_ballot.organisation AND hueandcry_chamber(o.kind) = chamber)
    AND EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND hueandcry_round_phase(r) = 'vote' AND chamber = ANY (r.chambers)));
CREATE POLICY ballot_update ON capacity_ballot FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{officer,analyst,administrator,secretary}'))
    AND EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND hueandcry_round_phase(r) = 'vote'))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()));
REVOKE UPDATE, DELETE ON capacity_ballot FROM {app};
GRANT UPDATE (person, ranks, opinions, at) ON capacity_ballot TO {app};

-- What counting needs and no more: a chamber, ranks and opinions, in an order that says nothing. For the office, after voting.
CREATE FUNCTION hueandcry_ballots_of(wanted bigint) RETURNS TABLE (chamber text, ranks jsonb, opinions jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT b.chamber, b.ranks, b.opinions FROM capacity_ballot b JOIN capacity_round r ON r.id = b.round_id
    WHERE r.id = wanted AND hueandcry_secretariat() AND hueandcry_round_phase(r) IN ('count', 'result')
    ORDER BY b.chamber, md5(b.ranks::text || b.opinions::text) $$;
-- How many have voted, of how many who may.
CREATE FUNCTION hueandcry_turnout(wanted bigint) RETURNS TABLE (chamber text, voted bigint, members bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT each, (SELECT count(*) FROM capacity_ballot b WHERE b.round_id = r.id AND b.chamber = each),
        (SELECT count(*) FROM members_organisation o WHERE o.state = 'vetted' AND hueandcry_chamber(o.kind) = each)
    FROM capacity_round r CROSS JOIN LATERAL unnest(r.chambers) each WHERE r.id = wanted AND 2 = ANY (hueandcry_principals()) $$;

CREATE POLICY dissent_read ON capacity_dissent FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY dissent_insert ON capacity_dissent FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND (SELECT hueandcry_holds('{officer,analyst,administrator,secretary}'))
    AND EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND hueandcry_round_phase(r) = 'result'));
REVOKE UPDATE, DELETE ON capacity_dissent FROM {app};

-- What is adopted is what the result names.
CREATE POLICY priority_read ON capacity_priority FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY priority_insert ON capacity_priority FOR INSERT TO {app} WITH CHECK (
    (SELECT hueandcry_secretariat()) AND state = 'current' AND EXISTS (
        SELECT 1 FROM capacity_proposal p JOIN capacity_round r ON r.id = p.round_id
        WHERE p.id = proposal_id AND r.result -> 'adopted' @> to_jsonb(p.number)));
CREATE POLICY priority_update ON capacity_priority FOR UPDATE TO {app} USING (
    (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary,administrator}')) AND state <> 'ended')
    WITH CHECK ((SELECT hueandcry_secretariat()) AND review <> '');
REVOKE UPDATE, DELETE ON capacity_priority FROM {app};
GRANT UPDATE (state, review_on, review, reminded_at) ON capacity_priority TO {app};

-- What the calendar tells, once: whose chamber votes from today and has no ballot yet, and the office what is to be reviewed.
CREATE POLICY blind_tells ON capacity_round FOR UPDATE TO {blind} USING (true);
GRANT UPDATE (voting_told_at) ON capacity_round TO {blind};
CREATE POLICY blind_reminds ON capacity_priority FOR UPDATE TO {blind} USING (true);
GRANT UPDATE (reminded_at) ON capacity_priority TO {blind};
CREATE FUNCTION hueandcry_priorities_due() RETURNS TABLE (what text, reference uuid, title text, organisations bigint[])
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH begun AS (UPDATE capacity_round r SET voting_told_at = now()
            WHERE r.voting_told_at IS NULL AND public.hueandcry_round_phase(r) = 'vote' RETURNING r.id, r.reference, r.title, r.chambers),
        due AS (UPDATE capacity_priority p SET reminded_at = now() WHERE p.reminded_at IS NULL AND p.state <> 'ended'
            AND p.review_on <= (now() AT TIME ZONE 'UTC')::date RETURNING p.reference, p.proposal_id)
    SELECT 'voting', b.reference, b.title, ARRAY(SELECT o.id FROM members_organisation o WHERE o.state = 'vetted'
            AND hueandcry_chamber(o.kind) = ANY (b.chambers) ORDER BY 1) FROM begun b
    UNION ALL SELECT 'review', d.reference, p.title, ARRAY(SELECT o.id FROM members_organisation o WHERE o.state = 'vetted' AND o.secretariat)
        FROM due d JOIN capacity_proposal p ON p.id = d.proposal_id $$;
