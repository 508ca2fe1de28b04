-- Who sees what of notices. A notice is its reader's alone, and only while he is in the organisation it came to.
CREATE FUNCTION hueandcry_holds(rights text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('hueandcry.roles', true), ''), '{}')::text[] && rights $$;

CREATE POLICY notice_own ON notices_notice FOR SELECT USING (
    person = (SELECT hueandcry_person()) AND organisation = (SELECT hueandcry_organisation()));
CREATE POLICY notice_mark ON notices_notice FOR UPDATE USING (
    person = (SELECT hueandcry_person()) AND organisation = (SELECT hueandcry_organisation()));
CREATE POLICY preference_own ON notices_preference FOR ALL USING (person = (SELECT hueandcry_person()))
    WITH CHECK (person = (SELECT hueandcry_person()));
-- What was said stays said: the app login marks a notice and changes nothing else of it.
REVOKE INSERT, UPDATE, DELETE ON notices_notice FROM {app};
GRANT UPDATE (read_at, mailed_at) ON notices_notice TO {app};

-- Webhooks are their organisation's, in the hands of those who run its machines.
CREATE POLICY webhook_own ON notices_webhook FOR ALL USING (
    organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{administrator,integrator}')))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{administrator,integrator}')));
CREATE POLICY webhookcall_own ON notices_webhookcall FOR SELECT USING (
    EXISTS (SELECT 1 FROM notices_webhook w WHERE w.id = webhook_id));
CREATE POLICY webhookcall_delete ON notices_webhookcall FOR DELETE USING (
    EXISTS (SELECT 1 FROM notices_webhook w WHERE w.id = webhook_id));
REVOKE INSERT, UPDATE ON notices_webhookcall FROM {app};

CREATE POLICY blind_tell ON notices_notice FOR INSERT TO {blind} WITH CHECK (true);
CREATE POLICY blind_call ON notices_webhookcall FOR INSERT TO {blind} WITH CHECK (true);
CREATE POLICY blind_called ON notices_webhookcall FOR UPDATE TO {blind} USING (true);
CREATE POLICY blind_pause ON notices_webhook FOR UPDATE TO {blind} USING (true);
GRANT INSERT ON notices_notice, notices_webhookcall TO {blind};
GRANT UPDATE (tries, next_at, taken_at, status, error) ON notices_webhookcall TO {blind};
GRANT UPDATE (paused, failures) ON notices_webhook TO {blind};

-- Tells people, and queues what the webhooks of `callers` are sent. Nobody whose organisation has left is told.
CREATE FUNCTION hueandcry_tell(what text, heading text, words text, target text, bodies bigint[], who bigint[],
    wanted text[], callers bigint[], site text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE told integer;
BEGIN
    INSERT INTO notices_notice (reference, person, organisation, kind, title, text, link)
    SELECT gen_random_uuid(), p.id, o.id, what, heading, words, target
    FROM members_person p JOIN members_organisation o ON o.id = p.organisation_id
    WHERE p.is_active AND o.state <> 'left'
      AND ((o.id = ANY (bodies) AND p.roles && wanted) OR p.id = ANY (who));
    GET DIAGNOSTICS told = ROW_COUNT;
    INSERT INTO notices_webhookcall (reference, webhook_id, kind, body, tries, error)
    SELECT call.reference, w.id, what, jsonb_build_object('id', call.reference, 'kind', what, 'title', heading,
            'link', CASE WHEN target = '' THEN '' ELSE site || target END, 'organisation', o.slug,
            'at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text, 0, ''
    FROM notices_webhook w JOIN members_organisation o ON o.id = w.organisation
    CROSS JOIN LATERAL (SELECT gen_random_uuid() AS reference, w.id) call
    WHERE w.organisation = ANY (callers) AND NOT w.paused AND o.state = 'vetted'
      AND (w.kinds = '{}' OR what = ANY (w.kinds));
    RETURN told;
END $$;
