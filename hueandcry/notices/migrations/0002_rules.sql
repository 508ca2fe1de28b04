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
CREATE POLICY webhookcall_own ON notices_webhookcall FOR ALL USING (
    EXISTS (SELECT 1 FROM notices_webhook w WHERE w.id = webhook_id))
    WITH CHECK (EXISTS (SELECT 1 FROM notices_webhook w WHERE w.id = webhook_id));
REVOKE UPDATE ON notices_webhookcall FROM {app};
GRANT UPDATE (tries, next_at) ON notices_webhookcall TO {app};

CREATE POLICY blind_tell ON notices_notice FOR INSERT TO {blind} WITH CHECK (true);
CREATE POLICY blind_forget ON notices_notice FOR DELETE TO {blind} USING (true);
CREATE POLICY blind_calls ON notices_webhookcall TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_webhooks ON notices_webhook FOR UPDATE TO {blind} USING (true);
GRANT INSERT, DELETE ON notices_notice, notices_webhookcall TO {blind};
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
    INSERT INTO notices_webhookcall (reference, webhook_id, kind, link, body, tries, error)
    SELECT call.reference, w.id, what, target, jsonb_build_object('id', call.reference, 'kind', what, 'title', heading,
            'link', CASE WHEN target = '' THEN '' ELSE site || target END, 'organisation', o.slug,
            'at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text, 0, ''
    FROM notices_webhook w JOIN members_organisation o ON o.id = w.organisation
    CROSS JOIN LATERAL (SELECT gen_random_uuid() AS reference, w.id) call
    WHERE w.organisation = ANY (callers) AND NOT w.paused AND o.state = 'vetted'
      AND (w.kinds = '{}' OR what = ANY (w.kinds));
    RETURN told;
END $$;

-- How many notices somebody has not read, for the bell of every page; counted no further than 100.
CREATE FUNCTION hueandcry_unread(who bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT count(*)::integer FROM (
        SELECT 1 FROM notices_notice n JOIN members_person p ON p.id = n.person AND p.organisation_id = n.organisation
        WHERE n.person = who AND n.read_at IS NULL LIMIT 100) unread $$;

-- Whose feed this is: nobody's where the account is closed. What they may see is asked anew each time.
CREATE FUNCTION hueandcry_feed_person(secret_digest bytea) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT f.person FROM notices_preference f JOIN members_person p ON p.id = f.person
    WHERE f.feed = secret_digest AND p.is_active $$;

-- People to whom a letter is due: members in good standing with something unread that no letter told them yet.
CREATE FUNCTION hueandcry_mail_due(most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT p.id FROM notices_notice n
    JOIN members_person p ON p.id = n.person AND p.is_active AND p.organisation_id = n.organisation
    JOIN members_organisation o ON o.id = p.organisation_id AND o.state = 'vetted'
    LEFT JOIN notices_preference f ON f.person = p.id
    WHERE n.mailed_at IS NULL AND n.read_at IS NULL AND n.at > now() - interval '14 days'
      AND n.kind <> ALL (coalesce(f.muted, '{}'))
      AND (f.next_at IS NULL OR f.next_at <= now())
      AND CASE coalesce(f.mail, 'daily') WHEN 'at once' THEN true
            WHEN 'daily' THEN coalesce(f.mailed_at <= now() - interval '1 day', true)
            WHEN 'weekly' THEN coalesce(f.mailed_at <= now() - interval '7 days', true) ELSE false END
    ORDER BY 1 LIMIT most $$;

-- Takes calls that are due for one process: counts the try, and lets nobody else have them for five minutes. No more
-- than four of one webhook at a time, so that one slow receiver keeps nobody else waiting.
CREATE FUNCTION hueandcry_webhook_claim(most integer) RETURNS TABLE (call bigint, reference uuid, kind text, link text,
    body text, url text, secret bytea, person bigint, organisation bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH due AS (
        SELECT c.id, row_number() OVER (PARTITION BY c.webhook_id ORDER BY c.next_at, c.id) AS turn, c.next_at
        FROM notices_webhookcall c JOIN notices_webhook w ON w.id = c.webhook_id AND NOT w.paused
        JOIN members_organisation o ON o.id = w.organisation AND o.state = 'vetted'
        WHERE c.next_at <= clock_timestamp()),
    taken AS (
        SELECT c.id FROM notices_webhookcall c
        WHERE c.id IN (SELECT due.id FROM due WHERE due.turn <= 4 ORDER BY due.next_at, due.id LIMIT most)
          AND c.next_at <= clock_timestamp()
        FOR UPDATE SKIP LOCKED)
    UPDATE notices_webhookcall c SET tries = c.tries + 1, next_at = clock_timestamp() + interval '5 minutes'
    FROM taken, notices_webhook w
    WHERE c.id = taken.id AND w.id = c.webhook_id
    RETURNING c.id, c.reference, c.kind, c.link, c.body, w.url, w.secret, w.person, w.organisation $$;

-- Notes how a try went. ``delays`` are the seconds until each further try; after the last the call is given up. A webhook
-- that took nothing in all the tries of a call, or that says it is gone (410), is paused: then its organisation and name
-- come back, for those who run it to be told.
CREATE FUNCTION hueandcry_webhook_done(wanted bigint, answer integer, fault text, delays integer[],
    OUT organisation bigint, OUT name text, OUT reference uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE done notices_webhookcall%ROWTYPE; failed integer;
BEGIN
    UPDATE notices_webhookcall c SET status = answer, error = fault,
        taken_at = CASE WHEN fault = '' THEN clock_timestamp() ELSE c.taken_at END,
        next_at = CASE WHEN fault = '' OR answer = 410 OR c.tries > cardinality(delays) THEN NULL
            ELSE clock_timestamp() + delays[c.tries] * (0.9 + 0.2 * random()) * interval '1 second' END
    WHERE c.id = wanted RETURNING c.* INTO done;
    UPDATE notices_webhook w SET failures = CASE WHEN fault = '' THEN 0 ELSE w.failures + 1 END
    WHERE w.id = done.webhook_id RETURNING w.failures INTO failed;
    IF fault <> '' AND (answer = 410 OR (done.next_at IS NULL AND failed > cardinality(delays))) THEN
        UPDATE notices_webhook w SET paused = true WHERE w.id = done.webhook_id AND NOT w.paused
        RETURNING w.organisation, w.name, w.reference
            INTO hueandcry_webhook_done.organisation, hueandcry_webhook_done.name, hueandcry_webhook_done.reference;
    END IF;
END $$;

-- Notices go after a year, calls that are done with after thirty days.
CREATE FUNCTION hueandcry_forget_notices() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DELETE FROM notices_notice WHERE at < now() - interval '1 year';
    DELETE FROM notices_webhookcall WHERE next_at IS NULL AND at < now() - interval '30 days' $$;
