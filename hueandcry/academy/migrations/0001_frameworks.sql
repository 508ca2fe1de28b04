-- A version of a framework is written once and read by its audience; nobody changes or deletes it.
CREATE POLICY frameworkversion_read ON academy_frameworkversion FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY frameworkversion_insert ON academy_frameworkversion FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND 2 = ANY ((SELECT hueandcry_principals())::bigint[])
    AND (SELECT hueandcry_holds('{trainer,examiner,officer,administrator,secretary}')));
REVOKE UPDATE, DELETE ON academy_frameworkversion FROM {app};
