-- Who sees what of publication, and the publisher: one blind function that numbers changes and enters objects.

-- A collection shows to those who hold its principal; a saved search to the organisation it belongs to.
CREATE POLICY collection_read ON exchange_collection FOR SELECT USING (
    principal = ANY ((SELECT hueandcry_principals())::bigint[]) OR organisation = (SELECT hueandcry_organisation()));
CREATE POLICY collection_add ON exchange_collection FOR INSERT WITH CHECK (
    kind = 'search' AND organisation = (SELECT hueandcry_organisation()) AND last_entry = 0);
CREATE POLICY collection_delete ON exchange_collection FOR DELETE USING (
    kind = 'search' AND organisation = (SELECT hueandcry_organisation()));
-- An entry shows where its collection does, and one for a person by name to that person alone. What it shows of the
-- object is decided by the object's own policy: everything that shows an entry joins exchange_object.
CREATE POLICY entry_read ON exchange_entry FOR SELECT USING (
    collection = ANY (ARRAY(SELECT c.id FROM exchange_collection c))
    AND (seer IS NULL OR seer = ANY ((SELECT hueandcry_principals())::bigint[])));
CREATE POLICY change_read ON exchange_change FOR SELECT USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND kind <> 'gone');
CREATE POLICY change_add ON exchange_change FOR INSERT WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND number IS NULL AND kind <> 'gone');

CREATE POLICY blind_collections ON exchange_collection TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_entries ON exchange_entry TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY blind_changes ON exchange_change TO {blind} USING (true) WITH CHECK (true);
GRANT INSERT, UPDATE, DELETE ON exchange_collection, exchange_entry, exchange_change TO {blind};
GRANT USAGE ON SEQUENCE exchange_collection_id_seq, exchange_change_id_seq TO {blind};
GRANT SELECT ON members_principal, members_person TO {blind};
REVOKE INSERT, UPDATE, DELETE ON exchange_entry FROM {app};
REVOKE UPDATE, DELETE ON exchange_change FROM {app};
REVOKE UPDATE ON exchange_collection FROM {app};

-- One id and version shows once in a collection, whoever owns copies; to a person by name once besides.
CREATE UNIQUE INDEX entry_once ON exchange_entry (collection, key, version, seer) NULLS NOT DISTINCT;
CREATE INDEX entry_object ON exchange_entry (object);
-- Bytes that are encrypted do not shrink: without this PostgreSQL tries each time.
ALTER TABLE exchange_submissionchunk ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE exchange_entry SET (autovacuum_vacuum_insert_scale_factor = 0.1);

-- What handling asks for before content goes out: 1 H2, 2 H3, 4 PAP:AMBER, 8 PAP:RED, 16 H1. See exchange/recall/gates.py.
CREATE FUNCTION hueandcry_gate(codes text[], pap text) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE WHEN 'H2' = ANY (codes) THEN 1 ELSE 0 END + CASE WHEN 'H3' = ANY (codes) THEN 2 ELSE 0 END
        + CASE pap WHEN 'AMBER' THEN 4 WHEN 'RED' THEN 8 ELSE 0 END
        + CASE WHEN 'H1' = ANY (codes) THEN 16 ELSE 0 END)::smallint $$;

-- Collections are made when they are first needed.
CREATE FUNCTION hueandcry_ensure(wanted bigint[]) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public AS $$
    INSERT INTO exchange_collection (reference, kind, principal, last_entry)
    SELECT gen_random_uuid(), p.kind, p.id, 0 FROM members_principal p
    WHERE p.id = ANY (wanted) AND p.kind <> 'person'
      AND NOT EXISTS (SELECT 1 FROM exchange_collection c WHERE c.principal = p.id)
    ON CONFLICT DO NOTHING $$;

-- The collections that the viewer may read.
CREATE FUNCTION hueandcry_collections() RETURNS TABLE (id integer, reference uuid, kind text, principal bigint, alert bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT hueandcry_ensure(hueandcry_principals());
    SELECT c.id, c.reference, c.kind, c.principal, c.alert FROM exchange_collection c
    WHERE c.principal = ANY (hueandcry_principals()) OR c.organisation = hueandcry_organisation() ORDER BY c.id $$;

-- Where a copy goes that this organisation owns and this audience may see. ``seer`` is the person it is for, where it
-- is for people by name. An owner's own inbox holds its copy only where nothing else does: it sent it, after all.
CREATE FUNCTION hueandcry_routes(owners bigint[], audiences integer[])
RETURNS TABLE (owner bigint, audience integer, collection integer, seer bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    WITH pairs AS (SELECT DISTINCT * FROM unnest(owners, audiences) AS t(owner, audience)),
    ways AS (
        SELECT DISTINCT t.owner, t.audience, c.id, c.principal AS home, b.principal_id = c.principal AS own,
            CASE WHEN p.id IS NOT NULL THEN p.principal_id END AS seer
        FROM pairs t
        JOIN members_audienceprincipal a ON a.audience = t.audience
        LEFT JOIN members_person p ON p.principal_id = a.principal
        LEFT JOIN members_organisation h ON h.id = p.organisation_id
        JOIN exchange_collection c ON c.principal = coalesce(h.principal_id, a.principal)
        LEFT JOIN members_organisation b ON b.id = t.owner)
    SELECT w.owner, w.audience, w.id, w.seer FROM ways w
    -- who is in the organisation that sees it needs no entry of their own
    WHERE (w.seer IS NULL OR NOT EXISTS (
            SELECT 1 FROM ways x WHERE (x.owner, x.audience, x.id) = (w.owner, w.audience, w.id) AND x.seer IS NULL))
      AND (NOT coalesce(w.own, false) OR NOT EXISTS (
            SELECT 1 FROM ways x WHERE (x.owner, x.audience) = (w.owner, w.audience) AND NOT coalesce(x.own, false))) $$;

-- Puts right what has come and gone for the other entries of the same object: in each collection of ``places`` the key
-- beside it. Loops over indexes only: the tables are large, and what is new is little.
CREATE FUNCTION hueandcry_settle(places integer[], keys bigint[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, public
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    -- a copy for the whole organisation takes the place of one for a person of it
    DELETE FROM exchange_entry e
    USING (SELECT DISTINCT * FROM unnest(places, keys) AS p(id, key)) t, exchange_entry n
    WHERE n.collection = t.id AND n.key = t.key AND n.seer IS NULL
      AND e.collection = t.id AND e.key = t.key AND e.version IS NOT DISTINCT FROM n.version AND e.seer IS NOT NULL;
    UPDATE exchange_entry e SET latest = t.latest
    FROM (SELECT f.collection, f.number, NOT EXISTS (
              SELECT 1 FROM exchange_entry g WHERE g.collection = f.collection AND g.key = f.key
                AND (g.seer IS NULL OR g.seer = f.seer)
                AND coalesce(g.version, '-infinity') > coalesce(f.version, '-infinity')) AS latest
          FROM (SELECT DISTINCT * FROM unnest(places, keys) AS p(id, key)) touched
          JOIN exchange_entry f ON f.collection = touched.id AND f.key = touched.key) t
    WHERE e.collection = t.collection AND e.number = t.number AND e.latest <> t.latest $$;

-- Enters objects: those that these changes brought, all of these reports, and every copy with one of these keys, each
-- where it may be seen, at the end of its collections, in the order of the changes. The publisher's lock is held: nobody
-- else enters, so what is not there when looked for is not there when entered.
CREATE FUNCTION hueandcry_enter_entries(changes bigint[], reports bigint[], keys bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    owners bigint[]; audiences integer[]; touched integer[]; several bigint[]; moment timestamptz := clock_timestamp();
BEGIN
    SELECT array_agg(t.owner), array_agg(t.audience) INTO owners, audiences FROM (
        SELECT r.organisation_id AS owner, r.audience FROM exchange_change c JOIN exchange_report r ON r.id = c.report
            WHERE c.id = ANY (changes)
        UNION SELECT o.organisation, o.audience FROM exchange_change c JOIN exchange_object o ON o.report_id = 0
            AND o.id BETWEEN c.first_object AND c.last_object AND o.organisation = c.organisation WHERE c.id = ANY (changes)
        UNION SELECT o.organisation, o.audience FROM exchange_object o WHERE o.report_id = ANY (reports)
        UNION SELECT o.organisation, o.audience FROM exchange_object o WHERE o.hash = ANY (keys)) t;
    PERFORM hueandcry_ensure(ARRAY(
        SELECT DISTINCT coalesce(h.principal_id, a.principal) FROM members_audienceprincipal a
        LEFT JOIN members_person p ON p.principal_id = a.principal
        LEFT JOIN members_organisation h ON h.id = p.organisation_id WHERE a.audience = ANY (audiences)));
    WITH ways AS MATERIALIZED (
        SELECT w.owner, w.audience, w.collection, w.seer, c.last_entry, greatest(moment, c.last_added) AS after
        FROM hueandcry_routes(owners, audiences) w JOIN exchange_collection c ON c.id = w.collection),
    -- the objects of a report have its audience, so that where they go is decided once for each change
    brought AS MATERIALIZED (
        SELECT c.id AS turn, c.report, c.first_object, c.last_object, hueandcry_gate(r.codes, r.pap) AS gate, w.*
        FROM exchange_change c JOIN exchange_report r ON r.id = c.report
        JOIN ways w ON w.owner = r.organisation_id AND w.audience = r.audience
        WHERE c.id = ANY (changes) AND c.first_object IS NOT NULL),
    found AS (
        SELECT b.turn, b.collection, b.seer, b.last_entry, b.after, b.gate, o.id, o.hash, o.version, o.kind, o.spec
        FROM brought b JOIN exchange_object o ON o.report_id = b.report
            AND o.id BETWEEN b.first_object AND b.last_object
        WHERE o.spec > 0
        UNION ALL
        SELECT c.id, w.collection, w.seer, w.last_entry, w.after, 0, o.id, o.hash, o.version, o.kind, o.spec
        FROM exchange_change c JOIN exchange_object o ON o.report_id = 0 AND o.id BETWEEN c.first_object AND c.last_object
            AND o.organisation = c.organisation
        JOIN ways w ON w.owner = o.organisation AND w.audience = o.audience
        WHERE c.id = ANY (changes)
        UNION ALL
        SELECT 9223372036854775807, w.collection, w.seer, w.last_entry, w.after,
            coalesce(hueandcry_gate(r.codes, r.pap), 0::smallint), o.id, o.hash, o.version, o.kind, o.spec
        FROM (SELECT x.* FROM exchange_object x WHERE x.report_id = ANY (reports)
              UNION ALL SELECT x.* FROM exchange_object x WHERE x.hash = ANY (keys)) o
        JOIN ways w ON w.owner = o.organisation AND w.audience = o.audience
        LEFT JOIN exchange_report r ON r.id = o.report_id
        WHERE o.spec > 0),
    looked AS (
        SELECT f.*, held.others, held.same,
            row_number() OVER (PARTITION BY f.collection, f.hash, f.version, f.seer ORDER BY f.turn, f.id) AS copy,
            count(*) OVER (PARTITION BY f.collection, f.hash) AS copies
        FROM found f CROSS JOIN LATERAL (
            SELECT count(*) AS others, coalesce(bool_or(
                e.version IS NOT DISTINCT FROM f.version AND (e.seer IS NULL OR e.seer = f.seer)), false) AS same
            FROM exchange_entry e WHERE e.collection = f.collection AND e.key = f.hash OFFSET 0) held),
    new AS MATERIALIZED (
        SELECT l.*, row_number() OVER (PARTITION BY l.collection ORDER BY l.turn, l.id) AS n
        FROM looked l WHERE l.copy = 1 AND NOT l.same),
    entered AS (
        INSERT INTO exchange_entry (collection, number, key, version, kind, spec, object, added, latest, gate, seer)
        SELECT n.collection, n.last_entry + n.n, n.hash, n.version, n.kind, n.spec, n.id,
            n.after + n.n * interval '1 microsecond', true, n.gate, n.seer
        FROM new n ORDER BY n.collection, n.n),
    counted AS (
        UPDATE exchange_collection c SET last_entry = m.last, last_added = m.added
        FROM (SELECT n.collection, max(n.last_entry + n.n) AS last, max(n.after + n.n * interval '1 microsecond') AS added
              FROM new n GROUP BY n.collection) m
        WHERE c.id = m.collection)
    SELECT array_agg(n.collection), array_agg(n.hash) INTO touched, several
    FROM new n WHERE n.others > 0 OR n.copies > 1;
    IF touched IS NOT NULL THEN
        PERFORM hueandcry_settle(touched, several);
    END IF;
END $$;

-- Publishes what has been committed and rendered, in turns of about ``most`` objects; gives how many changes it took.
-- One at a time: the lock comes first, and each statement after it sees whatever was committed before it was got, so
-- that what is numbered later was committed later or not yet, and nobody who reads forward misses it.
CREATE FUNCTION hueandcry_publish(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    taken bigint[]; said bigint; handled bigint[];
    keys bigint[] := '{}'; places integer[] := '{}'; swept_keys bigint[]; swept_places integer[];
BEGIN
    PERFORM pg_advisory_xact_lock(2, 1);
    SELECT array_agg(w.id ORDER BY w.id) INTO taken FROM (
        SELECT c.id, sum(c.size + 1) OVER (ORDER BY c.id) - c.size - 1 AS before FROM (
            SELECT x.id, x.size FROM exchange_change x
            WHERE x.number IS NULL AND x.rendered AND NOT EXISTS (
                SELECT 1 FROM exchange_change e
                WHERE e.report = x.report AND e.id < x.id AND e.number IS NULL AND NOT e.rendered AND x.report <> 0)
            ORDER BY x.id LIMIT greatest(most, 1)) c) w
    WHERE w.before < most;
    IF taken IS NULL THEN RETURN 0; END IF;
    SELECT coalesce(max(number), 0) INTO said FROM exchange_change;
    UPDATE exchange_change c SET number = said + n.n
    FROM (SELECT x.id, row_number() OVER (ORDER BY x.id) AS n FROM exchange_change x
          WHERE x.id = ANY (taken) AND x.kind <> 'gone') n
    WHERE c.id = n.id;
    -- Entries of objects that are gone go, and those that the new audience does not see.
    IF EXISTS (SELECT 1 FROM exchange_change c WHERE c.id = ANY (taken) AND c.kind = 'gone') THEN
        WITH swept AS (
            DELETE FROM exchange_entry e USING exchange_change c
            WHERE c.id = ANY (taken) AND c.kind = 'gone' AND e.object BETWEEN c.first_object AND c.last_object
              AND NOT EXISTS (SELECT 1 FROM exchange_object o WHERE o.id = e.object)
            RETURNING e.collection, e.key)
        SELECT coalesce(array_agg(key), '{}'), coalesce(array_agg(collection), '{}') INTO keys, places
        FROM (SELECT DISTINCT collection, key FROM swept) s;
    END IF;
    SELECT coalesce(array_agg(DISTINCT c.report), '{}') INTO handled FROM exchange_change c
    WHERE c.id = ANY (taken) AND c.kind = 'handled';
    IF handled <> '{}' THEN
        WITH ways AS MATERIALIZED (
            SELECT * FROM hueandcry_routes(
                ARRAY(SELECT r.organisation_id FROM exchange_report r WHERE r.id = ANY (handled) ORDER BY r.id),
                ARRAY(SELECT r.audience FROM exchange_report r WHERE r.id = ANY (handled) ORDER BY r.id))),
        swept AS (
            DELETE FROM exchange_entry e USING exchange_object o, exchange_collection c
            WHERE o.report_id = ANY (handled) AND e.object = o.id AND c.id = e.collection AND c.kind <> 'search'
              AND NOT EXISTS (SELECT 1 FROM ways w WHERE w.owner = o.organisation AND w.audience = o.audience
                    AND w.collection = e.collection AND w.seer IS NOT DISTINCT FROM e.seer)
            RETURNING e.collection, e.key)
        SELECT coalesce(array_agg(key), '{}'), coalesce(array_agg(collection), '{}') INTO swept_keys, swept_places
        FROM (SELECT DISTINCT collection, key FROM swept) s;
        keys := keys || swept_keys;
        places := places || swept_places;
        UPDATE exchange_entry e SET gate = hueandcry_gate(r.codes, r.pap)
        FROM exchange_object o JOIN exchange_report r ON r.id = o.report_id
        WHERE r.id = ANY (handled) AND e.object = o.id AND e.gate <> hueandcry_gate(r.codes, r.pap);
    END IF;
    -- what was older may be the latest now, and other owners' copies are shown where one is gone
    IF keys <> '{}' THEN
        PERFORM hueandcry_settle(places, keys);
    END IF;
    PERFORM hueandcry_enter_entries(taken, handled, keys);
    DELETE FROM exchange_change c WHERE c.id = ANY (taken) AND c.kind = 'gone';
    RETURN array_length(taken, 1);
END $$;

-- Enters objects into a saved search of the viewer's organisation: those of them that the viewer may see.
CREATE FUNCTION hueandcry_enter_objects(wanted integer, objects bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    since bigint; moment timestamptz := clock_timestamp(); count integer; places integer[]; keys bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(2, 1);
    SELECT c.last_entry INTO since FROM exchange_collection c
    WHERE c.id = wanted AND c.kind = 'search' AND c.organisation = hueandcry_organisation();
    IF since IS NULL THEN
        RAISE EXCEPTION 'this saved search is not yours' USING ERRCODE = 'insufficient_privilege';
    END IF;
    WITH found AS (
        SELECT DISTINCT ON (o.hash, o.version) o.* FROM exchange_object o
        WHERE o.id = ANY (objects) AND o.audience = ANY (hueandcry_audiences()) AND o.spec > 0
          AND NOT EXISTS (SELECT 1 FROM exchange_entry e WHERE e.collection = wanted AND e.key = o.hash
                AND e.version IS NOT DISTINCT FROM o.version)
        ORDER BY o.hash, o.version, o.id),
    entered AS (
        INSERT INTO exchange_entry (collection, number, key, version, kind, spec, object, added, latest, gate)
        SELECT wanted, since + p.n, p.hash, p.version, p.kind, p.spec, p.id,
            greatest(moment, c.last_added) + p.n * interval '1 microsecond', true,
            coalesce(hueandcry_gate(r.codes, r.pap), 0::smallint)
        FROM (SELECT f.*, row_number() OVER (ORDER BY f.id) AS n FROM found f) p
        JOIN exchange_collection c ON c.id = wanted LEFT JOIN exchange_report r ON r.id = p.report_id
        ORDER BY p.n RETURNING number, added, key),
    said AS (
        UPDATE exchange_collection c SET last_entry = m.number, last_added = m.added
        FROM (SELECT max(number) AS number, max(added) AS added FROM entered) m WHERE c.id = wanted AND m.number IS NOT NULL)
    SELECT count(*), array_agg(wanted), array_agg(key) INTO count, places, keys FROM entered;
    IF count > 0 THEN
        PERFORM hueandcry_settle(places, keys);
    END IF;
    RETURN count;
END $$;

-- Whatever deletes objects, their entries go in the publisher's next turn (until then they show nothing), and another
-- owner's copy is shown in their place.
CREATE FUNCTION hueandcry_objects_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO exchange_change (kind, report, reference, organisation, audience, first_object, last_object, size, rendered)
    SELECT 'gone', 0, '00000000-0000-0000-0000-000000000000', 0, 0, min(g.id), max(g.id), count(*), true FROM gone g
    GROUP BY g.id >> 14;  -- in parts, so that the publisher can take a deletion of a million in turns
    RETURN NULL;
END $$;
CREATE TRIGGER objects_gone AFTER DELETE ON exchange_object
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION hueandcry_objects_gone();

-- A saved search that goes takes its entries along.
CREATE FUNCTION hueandcry_collection_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM exchange_entry e USING gone g WHERE e.collection = g.id;
    RETURN NULL;
END $$;
CREATE TRIGGER collection_gone AFTER DELETE ON exchange_collection
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION hueandcry_collection_gone();

-- Changes that wait to be written as STIX, with on whose behalf to write: the report's own organisation and person, and
-- what they may see, in whatever standing their organisation is. Of a report that is gone there is nothing to write.
CREATE FUNCTION hueandcry_unrendered(most integer, OUT change bigint, OUT report bigint, OUT organisation bigint,
    OUT person bigint, OUT principals bigint[], OUT public boolean) RETURNS SETOF record
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    UPDATE exchange_change c SET rendered = true WHERE c.number IS NULL AND NOT c.rendered
        AND NOT EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = c.report);
    SELECT c.id, c.report, r.organisation_id, r.person_id,
        ARRAY[1, 2, p.principal_id, o.principal_id] || ARRAY(
            SELECT k.principal_id FROM members_circlemember m JOIN members_circle k ON k.id = m.circle_id
            WHERE m.organisation_id = o.id AND k.closed_at IS NULL ORDER BY k.id),
        EXISTS (SELECT 1 FROM members_audienceprincipal a WHERE a.audience = r.audience AND a.principal = 1)
    FROM exchange_change c JOIN exchange_report r ON r.id = c.report
    JOIN members_organisation o ON o.id = r.organisation_id JOIN members_person p ON p.id = r.person_id
    WHERE c.number IS NULL AND NOT c.rendered ORDER BY c.id LIMIT most $$;

-- Says of changes of the viewer's organisation that they are written, and which objects came of it.
CREATE FUNCTION hueandcry_rendered(changes bigint[], firsts bigint[], lasts bigint[], sizes integer[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    UPDATE exchange_change c SET rendered = true, first_object = least(c.first_object, t.first),
        last_object = greatest(c.last_object, t.last), size = c.size + t.size
    FROM unnest(changes, firsts, lasts, sizes) AS t(id, first, last, size)
    WHERE c.id = t.id AND c.number IS NULL AND c.organisation = hueandcry_organisation() $$;

-- How far publishing is behind, for whoever watches over the installation: counts alone.
CREATE FUNCTION hueandcry_waiting() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT count(*) FROM (SELECT 1 FROM exchange_change WHERE number IS NULL LIMIT 100000) waiting $$;

-- The steps of the publisher are nobody else's.
REVOKE ALL ON FUNCTION hueandcry_ensure(bigint[]), hueandcry_routes(bigint[], integer[]),
    hueandcry_settle(integer[], bigint[]), hueandcry_enter_entries(bigint[], bigint[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hueandcry_ensure(bigint[]), hueandcry_routes(bigint[], integer[]),
    hueandcry_settle(integer[], bigint[]), hueandcry_enter_entries(bigint[], bigint[], bigint[]) TO {blind};
