-- The forum: a thread and all that hangs on it carry one audience, which is exactly the principal whose conversation it is:
-- a circle, the record of a case room, or law enforcement (principal 3, which hueandcry_identify gives).
CREATE POLICY thread_read ON linkage_thread FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY thread_insert ON linkage_thread FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND principal = ANY ((SELECT hueandcry_principals())::bigint[])
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND (SELECT hueandcry_works_cases())
    AND (scope = 'a case room') = (room IS NOT NULL) AND (scope = 'law enforcement') = (principal = 3)
    AND (room IS NULL OR EXISTS (SELECT 1 FROM linkage_room r
        WHERE r.id = room AND r.audience = linkage_thread.audience AND r.closed_at IS NULL)));
-- Pinned and closed by the organisation that opened it, and by who leads the room. In a closed room nothing opens again.
CREATE POLICY thread_update ON linkage_thread FOR UPDATE TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND (organisation = (SELECT hueandcry_organisation()) OR room = ANY ((SELECT hueandcry_rooms_led())::bigint[])))
    WITH CHECK (closed_at IS NOT NULL OR room IS NULL
        OR EXISTS (SELECT 1 FROM linkage_room r WHERE r.id = room AND r.closed_at IS NULL));

CREATE POLICY post_read ON linkage_post FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY post_insert ON linkage_post FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND (SELECT hueandcry_works_cases())
    AND EXISTS (SELECT 1 FROM linkage_thread t
        WHERE t.id = thread_id AND t.audience = linkage_post.audience AND t.closed_at IS NULL));
-- A post is its author's to change; who leads the room may only withdraw it.
CREATE POLICY post_update ON linkage_post FOR UPDATE TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND withdrawn_at IS NULL
    AND (person = (SELECT hueandcry_person()) AND organisation = (SELECT hueandcry_organisation())
        OR EXISTS (SELECT 1 FROM linkage_thread t WHERE t.id = thread_id AND t.room = ANY (hueandcry_rooms_led()))))
    WITH CHECK (person = (SELECT hueandcry_person()) OR text = '' AND withdrawn_at IS NOT NULL);

CREATE POLICY postrevision_read ON linkage_postrevision FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY postrevision_insert ON linkage_postrevision FOR INSERT TO {app} WITH CHECK (
    person = (SELECT hueandcry_person()) AND EXISTS (SELECT 1 FROM linkage_post p
        WHERE p.id = post_id AND p.person = hueandcry_person() AND p.audience = linkage_postrevision.audience));
CREATE POLICY postrevision_delete ON linkage_postrevision FOR DELETE TO {app} USING (EXISTS (
    SELECT 1 FROM linkage_post p JOIN linkage_thread t ON t.id = p.thread_id WHERE p.id = post_id
        AND (p.person = hueandcry_person() OR t.room = ANY (hueandcry_rooms_led()))));

-- How far somebody has read is theirs alone.
CREATE POLICY reading_own ON linkage_reading FOR ALL TO {app} USING (person = (SELECT hueandcry_person()))
    WITH CHECK (person = (SELECT hueandcry_person()) AND EXISTS (SELECT 1 FROM linkage_thread t WHERE t.id = thread_id));

CREATE POLICY attachment_read ON linkage_attachment FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY attachment_insert ON linkage_attachment FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND (SELECT hueandcry_works_cases())
    AND (post_id IS NULL OR EXISTS (SELECT 1 FROM linkage_post p
        WHERE p.id = post_id AND p.audience = linkage_attachment.audience AND p.person = hueandcry_person() AND p.withdrawn_at IS NULL))
    AND (room IS NULL OR EXISTS (SELECT 1 FROM linkage_room r
        WHERE r.id = room AND r.audience = linkage_attachment.audience AND r.closed_at IS NULL)));
CREATE POLICY attachment_erase ON linkage_attachment FOR UPDATE TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND (organisation = (SELECT hueandcry_organisation()) OR room = ANY ((SELECT hueandcry_rooms_led())::bigint[])));
CREATE POLICY attachmentkey_read ON linkage_attachmentkey FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_attachment a WHERE a.id = attachment_id));
CREATE POLICY attachmentkey_insert ON linkage_attachmentkey FOR INSERT TO {app} WITH CHECK (
    EXISTS (SELECT 1 FROM linkage_attachment a WHERE a.id = attachment_id AND a.person = hueandcry_person()));
CREATE POLICY attachmentkey_delete ON linkage_attachmentkey FOR DELETE TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_attachment a WHERE a.id = attachment_id
        AND (a.organisation = hueandcry_organisation() OR a.room = ANY (hueandcry_rooms_led()))));
CREATE POLICY attachmentchunk_read ON linkage_attachmentchunk FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_attachment a WHERE a.id = attachment_id));
CREATE POLICY attachmentchunk_insert ON linkage_attachmentchunk FOR INSERT TO {app} WITH CHECK (
    EXISTS (SELECT 1 FROM linkage_attachment a WHERE a.id = attachment_id AND a.person = hueandcry_person()));
CREATE POLICY attachmentchunk_delete ON linkage_attachmentchunk FOR DELETE TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_attachment a WHERE a.id = attachment_id
        AND (a.organisation = hueandcry_organisation() OR a.room = ANY (hueandcry_rooms_led()))));

REVOKE UPDATE, DELETE ON linkage_thread, linkage_post, linkage_attachment FROM {app};
REVOKE UPDATE ON linkage_postrevision, linkage_attachmentkey, linkage_attachmentchunk FROM {app};
GRANT UPDATE (pinned, closed_at) ON linkage_thread TO {app};
GRANT UPDATE (text, edited_at, withdrawn_at) ON linkage_post TO {app};
GRANT UPDATE (filename, erased_at, erased_by) ON linkage_attachment TO {app};
ALTER TABLE linkage_attachmentchunk ALTER COLUMN content SET STORAGE EXTERNAL;  -- what is encrypted does not shrink

-- Full text, as of reports: 'simple', for posts come in every language.
ALTER TABLE linkage_thread ADD COLUMN document tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('pg_catalog.simple', left(title, 2000)), 'A')) STORED;
ALTER TABLE linkage_post ADD COLUMN document tsvector GENERATED ALWAYS AS (
    to_tsvector('pg_catalog.simple', left(text, 100000))) STORED;
CREATE INDEX thread_document ON linkage_thread USING gin (document);
CREATE INDEX post_document ON linkage_post USING gin (document);

-- Under row-level security full-text match would lose its index: ids, which are then read again under RLS. post 0: the title.
CREATE FUNCTION hueandcry_forum_search(wanted text, most integer) RETURNS TABLE (thread bigint, post bigint, rank real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH words AS (SELECT websearch_to_tsquery('simple', wanted) AS q),
    seen AS (SELECT hueandcry_audiences() AS audiences),
    titles AS (
        SELECT t.id AS thread, 0::bigint AS post, ts_rank(t.document, words.q) AS rank FROM linkage_thread t, words, seen
        WHERE t.document @@ words.q AND t.audience = ANY (seen.audiences) ORDER BY 3 DESC, 1 DESC LIMIT most),
    posts AS (
        SELECT p.thread_id AS thread, p.id AS post, ts_rank(p.document, words.q) AS rank FROM linkage_post p, words, seen
        WHERE p.document @@ words.q AND p.audience = ANY (seen.audiences) ORDER BY 3 DESC, 2 DESC LIMIT most)
    SELECT * FROM (SELECT * FROM titles UNION ALL SELECT * FROM posts) found ORDER BY rank DESC, thread DESC, post LIMIT most
$$;

-- Who follows a thread that the viewer sees, and may see it still; not the viewer. Ids, to be told.
CREATE FUNCTION hueandcry_thread_followers(wanted bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT f.person FROM linkage_reading f JOIN linkage_thread t ON t.id = f.thread_id
    WHERE t.id = wanted AND t.audience = ANY (hueandcry_audiences()) AND f.following AND f.person <> hueandcry_person()
        AND t.principal = ANY ((SELECT i.principals FROM hueandcry_identify(f.person) i)::bigint[])
    ORDER BY 1 LIMIT 5000 $$;

-- Of these people, those who may see a thread that the viewer sees: nobody else is told of it.
CREATE FUNCTION hueandcry_thread_seers(wanted bigint, people bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT p.id FROM linkage_thread t JOIN members_person p ON p.id = ANY (people)
    WHERE t.id = wanted AND t.audience = ANY (hueandcry_audiences())
        AND t.principal = ANY ((SELECT i.principals FROM hueandcry_identify(p.id) i)::bigint[])
    ORDER BY 1 LIMIT 500 $$;

-- What a thread counts.
CREATE POLICY blind_count ON linkage_thread FOR UPDATE TO {blind} USING (true);
GRANT UPDATE (posts, last_post, last_at, closed_at) ON linkage_thread TO {blind};
CREATE FUNCTION hueandcry_post_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE linkage_thread SET posts = posts + 1, last_post = NEW.id, last_at = NEW.at WHERE id = NEW.thread_id;
    RETURN NULL;
END $$;
CREATE TRIGGER post_counted AFTER INSERT ON linkage_post FOR EACH ROW EXECUTE FUNCTION hueandcry_post_counted();
