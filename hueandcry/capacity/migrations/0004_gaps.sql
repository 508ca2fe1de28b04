-- Targets are the alliance's; officers and the secretariat set them, the newest counts, none is changed.
CREATE POLICY target_read ON capacity_target FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY target_insert ON capacity_target FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND 2 = ANY ((SELECT hueandcry_principals())::bigint[])
    AND ((SELECT hueandcry_secretariat()) OR (SELECT hueandcry_holds('{officer}'))));
REVOKE UPDATE, DELETE ON capacity_target FROM {app};
