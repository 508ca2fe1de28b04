-- A call shows to its audience; who asks writes it. Offers and assignments carry the audience of asker and provider.
CREATE POLICY call_read ON capacity_call FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY call_insert ON capacity_call FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND 2 = ANY ((SELECT hueandcry_principals())::bigint[]) AND (SELECT hueandcry_holds('{officer,analyst,administrator}')));
CREATE POLICY call_update ON capacity_call FOR UPDATE TO {app} USING (organisation = (SELECT hueandcry_organisation()));
REVOKE DELETE ON capacity_call FROM {app};
CREATE POLICY place_read ON capacity_place FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM capacity_call c WHERE c.id = call_id));
CREATE POLICY place_write ON capacity_place FOR ALL TO {app} USING (EXISTS (
    SELECT 1 FROM capacity_call c WHERE c.id = call_id AND c.organisation = (SELECT hueandcry_organisation())
        AND c.state IN ('draft', 'open')))
    WITH CHECK (EXISTS (
    SELECT 1 FROM capacity_call c WHERE c.id = call_id AND c.organisation = (SELECT hueandcry_organisation())
        AND c.state IN ('draft', 'open')));

CREATE POLICY offer_read ON capacity_offer FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY offer_insert ON capacity_offer FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND (SELECT hueandcry_holds('{officer,analyst,administrator}'))
    AND EXISTS (SELECT 1 FROM capacity_call c WHERE c.id = call_id AND c.state = 'open')
    AND EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource AND r.organisation = capacity_offer.organisation));
CREATE POLICY offer_withdraw ON capacity_offer FOR UPDATE TO {app} USING (organisation = (SELECT hueandcry_organisation()));
REVOKE UPDATE, DELETE ON capacity_offer FROM {app};
GRANT UPDATE (withdrawn_at, note) ON capacity_offer TO {app};

CREATE POLICY assignment_read ON capacity_assignment FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY assignment_insert ON capacity_assignment FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM capacity_call c WHERE c.id = call_id AND c.organisation = (SELECT hueandcry_organisation()))
    AND EXISTS (SELECT 1 FROM capacity_place p WHERE p.id = place_id AND p.call_id = capacity_assignment.call_id));
CREATE POLICY assignment_update ON capacity_assignment FOR UPDATE TO {app} USING (
    provider = (SELECT hueandcry_organisation())
    OR EXISTS (SELECT 1 FROM capacity_call c WHERE c.id = call_id AND c.organisation = (SELECT hueandcry_organisation())));
REVOKE UPDATE, DELETE ON capacity_assignment FROM {app};
GRANT UPDATE (state, answered_at, days, outcome, rating) ON capacity_assignment TO {app};
