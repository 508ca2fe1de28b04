-- Statistics, indexes, runs and consultations are the alliance's. Officers and the secretariat add; nothing is changed
-- but a correction of a number by whoever loaded its series.
CREATE POLICY statistic_read ON capacity_statistic FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY statistic_write ON capacity_statistic FOR ALL TO {app} USING (organisation = (SELECT hueandcry_organisation()))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
        AND 2 = ANY ((SELECT hueandcry_principals())::bigint[])
        AND ((SELECT hueandcry_secretariat()) OR (SELECT hueandcry_holds('{officer}'))));
CREATE POLICY statisticvalue_read ON capacity_statisticvalue FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_statistic s WHERE s.id = statistic_id));
CREATE POLICY statisticvalue_write ON capacity_statisticvalue FOR ALL TO {app} USING (EXISTS (
    SELECT 1 FROM capacity_statistic s WHERE s.id = statistic_id AND s.organisation = (SELECT hueandcry_organisation())))
    WITH CHECK (EXISTS (
    SELECT 1 FROM capacity_statistic s WHERE s.id = statistic_id AND s.organisation = (SELECT hueandcry_organisation())));

CREATE POLICY needindex_read ON capacity_needindex FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY needindex_insert ON capacity_needindex FOR INSERT TO {app} WITH CHECK (
    (SELECT hueandcry_secretariat()) AND person = (SELECT hueandcry_person()));
CREATE POLICY needindex_update ON capacity_needindex FOR UPDATE TO {app} USING ((SELECT hueandcry_secretariat()));
REVOKE UPDATE, DELETE ON capacity_needindex FROM {app};
GRANT UPDATE (retired_at) ON capacity_needindex TO {app};
CREATE POLICY needrun_read ON capacity_needrun FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY needrun_insert ON capacity_needrun FOR INSERT TO {app} WITH CHECK (
    (SELECT hueandcry_secretariat()) AND person = (SELECT hueandcry_person()));
REVOKE UPDATE, DELETE ON capacity_needrun FROM {app};
CREATE POLICY countryneed_read ON capacity_countryneed FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY countryneed_insert ON capacity_countryneed FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_secretariat()));
REVOKE UPDATE, DELETE ON capacity_countryneed FROM {app};
-- The consultation is with law enforcement: only its organisations write, and nothing written is changed.
CREATE POLICY consultation_read ON capacity_consultation FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY consultation_insert ON capacity_consultation FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND 3 = ANY ((SELECT hueandcry_principals())::bigint[]) AND (SELECT hueandcry_holds('{officer,analyst,administrator}')));
REVOKE UPDATE, DELETE ON capacity_consultation FROM {app};
