-- A link shows to its audience. Its ends are references alone: whether a far end is told is asked of that thing's own
-- rules, on behalf of who reads. Who links is in the audience; only the own organisation takes a link back.
CREATE POLICY link_read ON chain_link FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY link_insert ON chain_link FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND 2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY link_delete ON chain_link FOR DELETE TO {app} USING (organisation = (SELECT hueandcry_organisation()));
REVOKE UPDATE ON chain_link FROM {app};
