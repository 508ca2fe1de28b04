-- A kept answer shows to the person whose token got it, and to nobody else.
CREATE POLICY answer_all ON exchange_keptanswer FOR ALL USING (person = (SELECT hueandcry_person()))
    WITH CHECK (person = (SELECT hueandcry_person()));
CREATE POLICY answer_forget ON exchange_keptanswer FOR DELETE TO {blind} USING (true);
GRANT DELETE ON exchange_keptanswer TO {blind};

-- Counts are for the blind function only. Unlogged: a call that only counts waits for no disk.
ALTER TABLE exchange_callcount SET UNLOGGED;
CREATE POLICY count_write ON exchange_callcount FOR ALL TO {blind} USING (true) WITH CHECK (true);
GRANT INSERT, UPDATE ON exchange_callcount TO {blind};

CREATE FUNCTION hueandcry_count_call(of_token bigint, of_kind text, this_minute bigint) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    INSERT INTO exchange_callcount AS c (token, kind, minute, used) VALUES (of_token, of_kind, this_minute, 1)
    ON CONFLICT (token, kind) DO UPDATE SET
        used = CASE WHEN c.minute = EXCLUDED.minute THEN c.used + 1 ELSE 1 END, minute = EXCLUDED.minute
    RETURNING used
$$;

CREATE FUNCTION hueandcry_forget_answers(older_than_seconds integer) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH gone AS (
        DELETE FROM exchange_keptanswer
        WHERE started_at < clock_timestamp() - make_interval(secs => older_than_seconds) RETURNING 1)
    SELECT count(*) FROM gone
$$;

-- Sightings by what they sight. The reference is cut out of the text as received: ids need no escapes, and inside a
-- longer text the name would stand behind a backslash. A regular expression is not leakproof, so under row-level
-- security the index would not be used: this function uses it, keeps what the viewer may see, and gives ids.
CREATE FUNCTION hueandcry_sighted(content text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT substring(content from '"sighting_of_ref"\s*:\s*"([a-z0-9-]{3,250}--[0-9a-fA-F-]{36})"')
$$;
CREATE INDEX object_sighting ON exchange_object (hueandcry_sighted(text)) WHERE kind = 'sighting';
CREATE INDEX object_sighting_report ON exchange_object (report_id) WHERE kind = 'sighting';

CREATE FUNCTION hueandcry_sightings(keys text[], most integer) RETURNS TABLE (object bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT o.id FROM exchange_object o
    WHERE o.kind = 'sighting' AND hueandcry_sighted(o.text) = ANY (keys)
      AND o.audience = ANY ((SELECT hueandcry_audiences())::integer[])
    ORDER BY o.id DESC LIMIT most
$$;
