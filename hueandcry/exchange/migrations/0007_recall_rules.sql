-- Who got what. A row is its recipient's own; the blind functions below read across.
CREATE POLICY delivery_own ON exchange_delivery FOR ALL USING (
    organisation IS NOT DISTINCT FROM (SELECT hueandcry_organisation()) AND person IS NOT DISTINCT FROM (SELECT hueandcry_person()))
    WITH CHECK (organisation IS NOT DISTINCT FROM (SELECT hueandcry_organisation()) AND person IS NOT DISTINCT FROM (SELECT hueandcry_person()));
-- (collection, number) as one number, so that one range index finds the stretches that cover an entry.
CREATE INDEX delivery_stretch ON exchange_delivery USING gist (
    int8range((collection::bigint << 40) + first_entry, (collection::bigint << 40) + last_entry, '[]')) WHERE collection IS NOT NULL;

-- What was asked and allowed: shows to who asks and to the report's owner. Who asks cannot answer itself; H3 is
-- acknowledged by the organisation that reads, for which `conditions` keeps the text as it was read.
CREATE FUNCTION hueandcry_owns(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = wanted AND r.organisation_id = hueandcry_organisation()) $$;
CREATE POLICY permission_read ON exchange_permission FOR SELECT USING (
    organisation = (SELECT hueandcry_organisation()) OR hueandcry_owns(report_id));
CREATE POLICY permission_ask ON exchange_permission FOR INSERT WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND (code = 'H3' OR allowed IS NULL) AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report_id));
CREATE POLICY permission_answer ON exchange_permission FOR UPDATE USING (
    (code <> 'H3' AND hueandcry_owns(report_id)) OR (code = 'H3' AND organisation = (SELECT hueandcry_organisation())));

-- Whether the viewer's organisation did what the closed bits of a report's gate ask for: 1 H2 allowed, 2 H3 read as its
-- text stands now, 16 H1 allowed. PAP (4, 8) opens for nobody. See exchange/recall/gates.py.
CREATE FUNCTION hueandcry_opened(wanted bigint, bits integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT bits & 12 = 0 AND hueandcry_organisation() IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM (VALUES (1, 'H2'), (2, 'H3'), (16, 'H1')) AS wants (bit, code)
        WHERE bits & wants.bit <> 0 AND NOT EXISTS (
            SELECT 1 FROM exchange_permission p WHERE p.report_id = wanted AND p.code = wants.code
                AND p.organisation = hueandcry_organisation() AND p.allowed
                AND (p.code <> 'H3' OR p.conditions = (SELECT r.restriction FROM exchange_report r WHERE r.id = wanted))))
$$;
