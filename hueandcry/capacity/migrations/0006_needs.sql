-- Series, indexes, runs and consultations are the alliance's. Officers and the secretariat load series, and correct what
-- they loaded; the secretariat defines indexes and runs them; law enforcement is consulted. Nothing else is changed.
CREATE POLICY statistic_read ON capacity_statistic FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY statistic_insert ON capacity_statistic FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND 2 = ANY ((SELECT hueandcry_principals())::bigint[])
    AND ((SELECT hueandcry_holds('{officer}')) OR ((SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary}')))));
REVOKE UPDATE, DELETE ON capacity_statistic FROM {app};
CREATE POLICY statisticvalue_read ON capacity_statisticvalue FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_statistic s WHERE s.id = statistic_id));
CREATE POLICY statisticvalue_insert ON capacity_statisticvalue FOR INSERT TO {app} WITH CHECK (EXISTS (
    SELECT 1 FROM capacity_statistic s WHERE s.id = statistic_id AND s.organisation = (SELECT hueandcry_organisation()))
    AND ((SELECT hueandcry_holds('{officer}')) OR ((SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary}')))));
CREATE POLICY statisticvalue_update ON capacity_statisticvalue FOR UPDATE TO {app} USING (EXISTS (
    SELECT 1 FROM capacity_statistic s WHERE s.id = statistic_id AND s.organisation = (SELECT hueandcry_organisation()))
    AND ((SELECT hueandcry_holds('{officer}')) OR ((SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary}')))))
    WITH CHECK (EXISTS (SELECT 1 FROM capacity_statistic s WHERE s.id = statistic_id
        AND s.organisation = (SELECT hueandcry_organisation())));
REVOKE UPDATE, DELETE ON capacity_statisticvalue FROM {app};
GRANT UPDATE (value, recorded_at) ON capacity_statisticvalue TO {app};

CREATE POLICY needindex_read ON capacity_needindex FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY needindex_insert ON capacity_needindex FOR INSERT TO {app} WITH CHECK (
    (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary,administrator,officer}'))
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()));
CREATE POLICY needindex_retire ON capacity_needindex FOR UPDATE TO {app} USING (
    (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary,administrator,officer}')) AND retired_at IS NULL)
    WITH CHECK ((SELECT hueandcry_secretariat()) AND retired_at IS NOT NULL);
REVOKE UPDATE, DELETE ON capacity_needindex FROM {app};
GRANT UPDATE (retired_at) ON capacity_needindex TO {app};
CREATE POLICY needrun_read ON capacity_needrun FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY needrun_insert ON capacity_needrun FOR INSERT TO {app} WITH CHECK (
    (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary,administrator,officer}'))
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()));
REVOKE UPDATE, DELETE ON capacity_needrun FROM {app};
CREATE POLICY consultation_read ON capacity_consultation FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY consultation_insert ON capacity_consultation FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND 3 = ANY ((SELECT hueandcry_principals())::bigint[]) AND (SELECT hueandcry_holds('{officer,analyst,administrator}'))
    AND EXISTS (SELECT 1 FROM capacity_needrun r WHERE r.id = run_id AND r.inputs -> 'countries' @> to_jsonb(capacity_consultation.country::text)));
REVOKE UPDATE, DELETE ON capacity_consultation FROM {app};
