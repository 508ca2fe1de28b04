-- What analysts write shows to its audience and to nobody else: own organisation, or a circle while one is in it.
-- (SELECT f())::int[] makes the planner evaluate it once. An organisation writes in its own name and only for an audience
-- that it is in; it changes its own words, and the state of what was given to it to do.
CREATE POLICY hypothesis_read ON linkage_hypothesis FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY hypothesis_insert ON linkage_hypothesis FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY hypothesis_update ON linkage_hypothesis FOR UPDATE TO {app}
    USING (organisation = (SELECT hueandcry_organisation()) AND audience = ANY ((SELECT hueandcry_audiences())::integer[]))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND audience = ANY ((SELECT hueandcry_audiences())::integer[]));

-- Evidence shows where the hypothesis does and the report or the value too: whoever may not see it does not learn of it.
CREATE POLICY evidence_read ON linkage_evidence FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_hypothesis h WHERE h.id = hypothesis_id)
    AND (report IS NULL OR EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report))
    AND (observable IS NULL OR EXISTS (SELECT 1 FROM exchange_observation o WHERE o.observable = linkage_evidence.observable)));
CREATE POLICY evidence_insert ON linkage_evidence FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM linkage_hypothesis h WHERE h.id = hypothesis_id)
    AND (report IS NULL OR EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report))
    AND (observable IS NULL OR EXISTS (SELECT 1 FROM exchange_observation o WHERE o.observable = linkage_evidence.observable)));
CREATE POLICY evidence_update ON linkage_evidence FOR UPDATE TO {app} USING (organisation = (SELECT hueandcry_organisation()));
CREATE POLICY evidence_delete ON linkage_evidence FOR DELETE TO {app} USING (organisation = (SELECT hueandcry_organisation()));

CREATE POLICY note_read ON linkage_note FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY note_insert ON linkage_note FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY note_update ON linkage_note FOR UPDATE TO {app}
    USING (organisation = (SELECT hueandcry_organisation()) AND audience = ANY ((SELECT hueandcry_audiences())::integer[]))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY note_delete ON linkage_note FOR DELETE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND audience = ANY ((SELECT hueandcry_audiences())::integer[]));

CREATE POLICY task_read ON linkage_task FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY task_insert ON linkage_task FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY task_update ON linkage_task FOR UPDATE TO {app}
    USING ((SELECT hueandcry_organisation()) IN (organisation, assignee) AND audience = ANY ((SELECT hueandcry_audiences())::integer[]))
    WITH CHECK (audience = ANY ((SELECT hueandcry_audiences())::integer[]));

CREATE POLICY operationname_read ON linkage_operationname FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY operationname_insert ON linkage_operationname FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND audience = ANY ((SELECT hueandcry_audiences())::integer[]));
-- A name is its audience's: whoever is in it may call the operation something else.
CREATE POLICY operationname_update ON linkage_operationname FOR UPDATE TO {app}
    USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]))
    WITH CHECK (audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND organisation = (SELECT hueandcry_organisation()));
CREATE POLICY operationname_delete ON linkage_operationname FOR DELETE TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));

CREATE POLICY analysisrevision_read ON linkage_analysisrevision FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY analysisrevision_insert ON linkage_analysisrevision FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND audience = ANY ((SELECT hueandcry_audiences())::integer[]));
REVOKE UPDATE, DELETE ON linkage_analysisrevision FROM {app};
REVOKE DELETE ON linkage_hypothesis, linkage_task FROM {app};
-- Who wrote it, where and for whom stands: what was said for one table is not moved to another.
REVOKE UPDATE ON linkage_hypothesis, linkage_note, linkage_task FROM {app};
GRANT UPDATE (statement, likelihood, confidence, state, changed_at) ON linkage_hypothesis TO {app};
GRANT UPDATE (words, changed_at) ON linkage_note TO {app};
GRANT UPDATE (title, words, assignee, assignee_person, due_on, state, changed_at) ON linkage_task TO {app};

-- What is erased is evidence no longer, in the same transaction. As the owner: who erases may not see who weighed it.
CREATE FUNCTION hueandcry_unweigh() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM linkage_evidence e USING gone WHERE e.report = gone.id;
    RETURN NULL;
END $$;
CREATE TRIGGER report_unweighed AFTER DELETE ON exchange_report
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION hueandcry_unweigh();
