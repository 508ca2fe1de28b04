-- Who sees what. A row carries one interned audience; the viewer's audiences are an array set for the transaction.
-- (SELECT f())::int[] makes the planner evaluate it once, and = ANY lets it walk (audience, ...) indexes.
CREATE POLICY submission_read ON exchange_submission FOR SELECT USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY submission_insert ON exchange_submission FOR INSERT WITH CHECK (
    organisation_id = (SELECT hueandcry_organisation()) AND person_id = (SELECT hueandcry_person()));
CREATE POLICY submission_update ON exchange_submission FOR UPDATE USING (organisation_id = (SELECT hueandcry_organisation()));

CREATE POLICY key_all ON exchange_submissionkey FOR ALL USING (
    EXISTS (SELECT 1 FROM exchange_submission s WHERE s.id = submission_id AND s.organisation_id = hueandcry_organisation()))
    WITH CHECK (EXISTS (SELECT 1 FROM exchange_submission s WHERE s.id = submission_id AND s.organisation_id = hueandcry_organisation()));
CREATE POLICY chunk_all ON exchange_submissionchunk FOR ALL USING (
    EXISTS (SELECT 1 FROM exchange_submission s WHERE s.id = submission_id AND s.organisation_id = hueandcry_organisation()))
    WITH CHECK (EXISTS (SELECT 1 FROM exchange_submission s WHERE s.id = submission_id AND s.organisation_id = hueandcry_organisation()));
CREATE POLICY remark_all ON exchange_remark FOR ALL USING (
    EXISTS (SELECT 1 FROM exchange_submission s WHERE s.id = submission_id AND s.organisation_id = hueandcry_organisation()))
    WITH CHECK (EXISTS (SELECT 1 FROM exchange_submission s WHERE s.id = submission_id AND s.organisation_id = hueandcry_organisation()));

CREATE POLICY report_read ON exchange_report FOR SELECT USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY report_insert ON exchange_report FOR INSERT WITH CHECK (organisation_id = (SELECT hueandcry_organisation()));
CREATE POLICY report_update ON exchange_report FOR UPDATE USING (organisation_id = (SELECT hueandcry_organisation()));
CREATE POLICY report_delete ON exchange_report FOR DELETE USING (organisation_id = (SELECT hueandcry_organisation()));

CREATE POLICY object_read ON exchange_object FOR SELECT USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY object_insert ON exchange_object FOR INSERT WITH CHECK (organisation = (SELECT hueandcry_organisation()));
CREATE POLICY object_update ON exchange_object FOR UPDATE USING (organisation = (SELECT hueandcry_organisation()));
CREATE POLICY object_delete ON exchange_object FOR DELETE USING (organisation = (SELECT hueandcry_organisation()));

CREATE POLICY observation_read ON exchange_observation FOR SELECT USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY observation_insert ON exchange_observation FOR INSERT WITH CHECK (organisation = (SELECT hueandcry_organisation()));
CREATE POLICY observation_update ON exchange_observation FOR UPDATE USING (organisation = (SELECT hueandcry_organisation()));
CREATE POLICY observation_delete ON exchange_observation FOR DELETE USING (organisation = (SELECT hueandcry_organisation()));

-- A value shows where an observation of it does. Anybody may add a value: that tells nothing about who else holds it.
CREATE POLICY observable_read ON exchange_observable FOR SELECT USING (
    EXISTS (SELECT 1 FROM exchange_observation o WHERE o.observable = exchange_observable.id));
CREATE POLICY observable_insert ON exchange_observable FOR INSERT WITH CHECK ((SELECT hueandcry_organisation()) IS NOT NULL);

-- Grants and revisions show to the report's own organisation; revisions to every viewer of the report as well.
CREATE POLICY grant_all ON exchange_grant FOR ALL USING (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report_id AND r.organisation_id = hueandcry_organisation()))
    WITH CHECK (EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report_id AND r.organisation_id = hueandcry_organisation()));
CREATE POLICY revision_read ON exchange_revision FOR SELECT USING (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report_id));
CREATE POLICY revision_write ON exchange_revision FOR INSERT WITH CHECK (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report_id AND r.organisation_id = hueandcry_organisation()));
CREATE POLICY revision_delete ON exchange_revision FOR DELETE USING (
    EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report_id AND r.organisation_id = hueandcry_organisation()));
CREATE POLICY mapping_all ON exchange_mapping FOR ALL USING (organisation_id = (SELECT hueandcry_organisation()))
    WITH CHECK (organisation_id = (SELECT hueandcry_organisation()));

-- Full text: title, account, labels. 'simple' because reports come in every language; a dictionary each comes later.
CREATE FUNCTION hueandcry_words(title text, account text, labels text[]) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN setweight(to_tsvector('pg_catalog.simple', left(title, 2000)), 'A')
        || to_tsvector('pg_catalog.simple', left(account, 100000))
        || setweight(to_tsvector('pg_catalog.simple', left(array_to_string(labels, ' '), 20000)), 'B');
END $$;
ALTER TABLE exchange_report DROP COLUMN document;
ALTER TABLE exchange_report ADD COLUMN document tsvector GENERATED ALWAYS AS (hueandcry_words(title, account, labels)) STORED;
CREATE INDEX report_document ON exchange_report USING gin (document);
CREATE INDEX observable_value ON exchange_observable (value text_pattern_ops);
ALTER TABLE exchange_object ALTER COLUMN text SET STORAGE EXTENDED;

-- Full-text match and LIKE are not leakproof, so under row-level security they would lose their index. This function
-- searches across audiences, keeps what the viewer may see, and gives ids, which are then read again under RLS.
CREATE FUNCTION hueandcry_search(wanted text, most integer) RETURNS TABLE (report bigint, rank real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH words AS (SELECT websearch_to_tsquery('simple', wanted) AS q),
    seen AS (SELECT hueandcry_audiences() AS audiences),
    by_words AS (
        SELECT r.id, ts_rank(r.document, words.q) AS rank FROM exchange_report r, words, seen
        WHERE r.document @@ words.q AND r.audience = ANY (seen.audiences)
        ORDER BY 2 DESC, r.id DESC LIMIT most),
    by_value AS (
        SELECT o.report_id AS id, 1::real AS rank FROM exchange_observable v
        JOIN exchange_observation o ON o.observable = v.id, seen
        WHERE v.value LIKE replace(replace(replace(lower(wanted), '\', '\\'), '%', '\%'), '_', '\_') || '%'
          AND length(wanted) >= 3 AND o.audience = ANY (seen.audiences)
        ORDER BY o.report_id DESC LIMIT most)
    SELECT id, max(rank) FROM (SELECT * FROM by_words UNION ALL SELECT * FROM by_value) found
    GROUP BY id ORDER BY 2 DESC, 1 DESC LIMIT most
$$;

-- Submissions that were kept and not read to their end: ids for the worker, which then reads each as its sender.
CREATE FUNCTION hueandcry_unfinished(seconds integer) RETURNS TABLE (submission bigint, person bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT id, person_id FROM exchange_submission
    WHERE state IN ('received', 'reading') AND received_at <= clock_timestamp() - make_interval(secs => seconds)
    ORDER BY id LIMIT 1000
$$;
