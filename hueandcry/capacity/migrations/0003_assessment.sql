-- Evidence is added and withdrawn, never changed; its audience decides who sees it and all that hangs on it.
-- Nothing is dated back, else a replay of a past day would give something else (five minutes: clocks differ).
CREATE POLICY indicatorevidence_read ON capacity_indicatorevidence FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY indicatorevidence_insert ON capacity_indicatorevidence FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND organisation = (SELECT hueandcry_organisation())
    AND recorded_at BETWEEN clock_timestamp() - interval '5 minutes' AND clock_timestamp() + interval '5 minutes'
    AND person = (SELECT hueandcry_person()) AND withdrawn_at IS NULL AND 2 = ANY ((SELECT hueandcry_principals())::bigint[])
    AND (SELECT hueandcry_holds('{officer,assessor,analyst,administrator}')));
CREATE POLICY indicatorevidence_withdraw ON capacity_indicatorevidence FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND withdrawn_at IS NULL)
    WITH CHECK (organisation = (SELECT hueandcry_organisation())
        AND withdrawn_at BETWEEN clock_timestamp() - interval '5 minutes' AND clock_timestamp() + interval '5 minutes');
REVOKE UPDATE, DELETE ON capacity_indicatorevidence FROM {app};
GRANT UPDATE (withdrawn_at, withdrawn_why) ON capacity_indicatorevidence TO {app};

-- Nobody reviews what they or their own organisation entered: neither by page nor by a direct write.
CREATE POLICY evidencereview_read ON capacity_evidencereview FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY evidencereview_insert ON capacity_evidencereview FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND at BETWEEN clock_timestamp() - interval '5 minutes' AND clock_timestamp() + interval '5 minutes'
    AND (SELECT hueandcry_holds('{assessor}')) AND 2 = ANY ((SELECT hueandcry_principals())::bigint[])
    AND EXISTS (SELECT 1 FROM capacity_indicatorevidence e WHERE e.id = evidence_id
        AND e.audience = capacity_evidencereview.audience AND e.withdrawn_at IS NULL
        AND e.organisation <> capacity_evidencereview.organisation AND e.person <> capacity_evidencereview.person));
REVOKE UPDATE, DELETE ON capacity_evidencereview FROM {app};

-- A country is answered for by its own government or law enforcement.
CREATE POLICY countryanswer_read ON capacity_countryanswer FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY countryanswer_insert ON capacity_countryanswer FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND organisation = (SELECT hueandcry_organisation())
    AND person = (SELECT hueandcry_person()) AND EXISTS (SELECT 1 FROM members_organisation o
        WHERE o.id = capacity_countryanswer.organisation AND o.country = capacity_countryanswer.country
            AND o.state = 'vetted' AND o.kind IN ('government', 'law-enforcement')));
CREATE POLICY countryanswer_withdraw ON capacity_countryanswer FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND withdrawn_at IS NULL)
    WITH CHECK (organisation = (SELECT hueandcry_organisation()));
REVOKE UPDATE, DELETE ON capacity_countryanswer FROM {app};
GRANT UPDATE (withdrawn_at) ON capacity_countryanswer TO {app};

CREATE POLICY treatystatus_read ON capacity_treatystatus FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY treatystatus_insert ON capacity_treatystatus FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND organisation = (SELECT hueandcry_organisation())
    AND person = (SELECT hueandcry_person()) AND (SELECT hueandcry_holds('{officer,assessor,analyst,administrator}')));
CREATE POLICY treatystatus_withdraw ON capacity_treatystatus FOR UPDATE TO {app} USING (
    (organisation = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_secretariat())) AND withdrawn_at IS NULL)
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_secretariat()));
REVOKE UPDATE, DELETE ON capacity_treatystatus FROM {app};
GRANT UPDATE (withdrawn_at) ON capacity_treatystatus TO {app};
