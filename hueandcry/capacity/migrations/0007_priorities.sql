-- Rounds, proposals, comments and dissents are the alliance's. A ballot is its organisation's alone until the result, and
-- after it where the round said so when it opened.
CREATE POLICY round_read ON capacity_round FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY round_insert ON capacity_round FOR INSERT TO {app} WITH CHECK (
    (SELECT hueandcry_secretariat()) AND person = (SELECT hueandcry_person()) AND result IS NULL AND phase = 'propose');
CREATE POLICY round_update ON capacity_round FOR UPDATE TO {app} USING ((SELECT hueandcry_secretariat()) AND closed_at IS NULL)
    WITH CHECK ((SELECT hueandcry_secretariat()));
REVOKE UPDATE, DELETE ON capacity_round FROM {app};
GRANT UPDATE (phase, discuss_on, vote_on, close_on, closed_at, result, digest) ON capacity_round TO {app};

CREATE POLICY proposal_read ON capacity_proposal FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY proposal_insert ON capacity_proposal FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND merged_into_id IS NULL
    AND EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND r.phase IN ('propose', 'discuss')));
CREATE POLICY proposal_update ON capacity_proposal FOR UPDATE TO {app} USING (
    (organisation = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_secretariat()))
    AND EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND r.phase IN ('propose', 'discuss')));
REVOKE UPDATE, DELETE ON capacity_proposal FROM {app};
GRANT UPDATE (title, why, aspects, countries, merged_into_id, withdrawn_at) ON capacity_proposal TO {app};

CREATE POLICY proposalcomment_read ON capacity_proposalcomment FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_proposal p WHERE p.id = proposal_id));
CREATE POLICY proposalcomment_insert ON capacity_proposalcomment FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM capacity_proposal p WHERE p.id = proposal_id));
CREATE POLICY proposalcomment_withdraw ON capacity_proposalcomment FOR UPDATE TO {app} USING (
    person = (SELECT hueandcry_person()));
REVOKE UPDATE, DELETE ON capacity_proposalcomment FROM {app};
GRANT UPDATE (text, withdrawn_at) ON capacity_proposalcomment TO {app};

CREATE POLICY ballot_read ON capacity_ballot FOR SELECT TO {app} USING (
    organisation = (SELECT hueandcry_organisation())
    OR EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND r.phase = 'result' AND r.ballots = 'published'));
CREATE POLICY ballot_insert ON capacity_ballot FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND (SELECT hueandcry_holds('{officer,analyst,administrator}'))
    AND EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND r.phase = 'vote' AND chamber = ANY (r.chambers)
        AND current_date BETWEEN r.vote_on AND r.close_on));
CREATE POLICY ballot_update ON capacity_ballot FOR UPDATE TO {app} USING (organisation = (SELECT hueandcry_organisation()))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND (SELECT hueandcry_holds('{officer,analyst,administrator}'))
    AND EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND r.phase = 'vote' AND chamber = ANY (r.chambers)
        AND current_date BETWEEN r.vote_on AND r.close_on));
REVOKE UPDATE, DELETE ON capacity_ballot FROM {app};
GRANT UPDATE (person, ranks, opinions, at) ON capacity_ballot TO {app};

CREATE POLICY dissent_read ON capacity_dissent FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY dissent_insert ON capacity_dissent FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM capacity_round r WHERE r.id = round_id AND r.phase = 'result'));
CREATE POLICY dissent_update ON capacity_dissent FOR UPDATE TO {app} USING (organisation = (SELECT hueandcry_organisation()));
REVOKE UPDATE, DELETE ON capacity_dissent FROM {app};
GRANT UPDATE (text, at, person) ON capacity_dissent TO {app};

CREATE POLICY priority_read ON capacity_priority FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY priority_insert ON capacity_priority FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_secretariat()));
CREATE POLICY priority_update ON capacity_priority FOR UPDATE TO {app} USING ((SELECT hueandcry_secretariat()));
REVOKE UPDATE, DELETE ON capacity_priority FROM {app};
GRANT UPDATE (state, review_on, review) ON capacity_priority TO {app};
