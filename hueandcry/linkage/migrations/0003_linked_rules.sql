-- The linker reads what is compared, of all audiences, and nothing else of a report: no title, no sender's person, no
-- raw bytes. It is a role that the application's login has to turn into by name (SET ROLE); it inherits nothing of it.
CREATE POLICY linker_read ON exchange_report FOR SELECT TO {linker} USING (true);
CREATE POLICY linker_read ON exchange_observation FOR SELECT TO {linker} USING (true);
CREATE POLICY linker_read ON exchange_observable FOR SELECT TO {linker} USING (true);
CREATE POLICY linker_read ON linkage_judgement FOR SELECT TO {linker} USING (true);
GRANT SELECT (id, organisation_id, kind, state, source_kind, account, language, classes, main_class, techniques,
    occurred_from, occurred_to, reported_at, changed_at, victim_countries, victim_sector, victim_size, victim_area,
    victim_reference, loss_amount, loss_currency, discoverability) ON exchange_report TO {linker};
GRANT SELECT ON exchange_observation TO {linker};
GRANT SELECT (id, type, value, weight, warnings) ON exchange_observable TO {linker};
GRANT SELECT ON linkage_judgement TO {linker};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {linker};

-- Which crime a report tells of shows to whoever may see the report; a crime or operation, to whoever sees one of its
-- reports. One that was merged away leads on to what took it.
CREATE POLICY crimereport_read ON linkage_crimereport FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report));
CREATE POLICY crime_read ON linkage_crime FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime IN (linkage_crime.id, linkage_crime.merged_into)));
CREATE POLICY operationcrime_read ON linkage_operationcrime FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = linkage_operationcrime.crime));
CREATE POLICY operation_read ON linkage_operation FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_operationcrime o WHERE o.operation IN (linkage_operation.id, linkage_operation.merged_into)));
-- What happened to a crime shows to whoever sees a report that moved and the crime that it moved into.
CREATE POLICY crimeevent_read ON linkage_crimeevent FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = ANY (reports)));
CREATE POLICY operationevent_read ON linkage_operationevent FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_crimereport c WHERE c.crime = ANY (crimes)));
-- The model is the alliance's to read: it holds weights, no report.
CREATE POLICY model_read ON linkage_model FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));

-- A judgement shows to whoever sees both reports; an organisation judges what it sees, in its own name.
CREATE POLICY judgement_read ON linkage_judgement FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_judgement.left)
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_judgement.right));
CREATE POLICY judgement_insert ON linkage_judgement FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation())
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_judgement.left)
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_judgement.right));
CREATE POLICY judgement_update ON linkage_judgement FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()));
REVOKE DELETE ON linkage_judgement FROM {app};

-- What is erased is compared no longer, in the same transaction. As the linker: who erases may not see these tables.
CREATE FUNCTION hueandcry_unlink() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM linkage_fact f USING gone WHERE f.report = gone.id;
    DELETE FROM linkage_crimereport c USING gone WHERE c.report = gone.id;
    RETURN NULL;
END $$;
CREATE TRIGGER report_unlinked AFTER DELETE ON exchange_report
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION hueandcry_unlink();
