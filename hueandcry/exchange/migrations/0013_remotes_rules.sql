-- Who sees what of remotes: the organisation that made the connection, and nobody else.
CREATE POLICY remote_all ON exchange_remote FOR ALL USING (organisation = (SELECT hueandcry_organisation()))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()));
CREATE POLICY run_all ON exchange_remoterun FOR ALL USING (
    EXISTS (SELECT 1 FROM exchange_remote r WHERE r.id = remote_id AND r.organisation = hueandcry_organisation()))
    WITH CHECK (EXISTS (SELECT 1 FROM exchange_remote r WHERE r.id = remote_id AND r.organisation = hueandcry_organisation()));
CREATE POLICY envelope_all ON exchange_envelope FOR ALL USING (
    EXISTS (SELECT 1 FROM exchange_remote r WHERE r.id = remote_id AND r.organisation = hueandcry_organisation()))
    WITH CHECK (EXISTS (SELECT 1 FROM exchange_remote r WHERE r.id = remote_id AND r.organisation = hueandcry_organisation()));

-- An envelope may lie with another organisation's remote (see hueandcry_node_take).
CREATE POLICY blind_insert ON exchange_envelope FOR INSERT TO {blind} WITH CHECK (true);
GRANT INSERT ON exchange_envelope TO {blind};
GRANT USAGE ON SEQUENCE exchange_envelope_id_seq TO {blind};

-- Whose turn it is: ids for the worker, which then acts as the person of each.
CREATE FUNCTION hueandcry_remotes_due(most integer) RETURNS TABLE (remote bigint, person bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT r.id, r.person FROM exchange_remote r WHERE NOT r.paused AND r.next_at <= clock_timestamp()
    ORDER BY r.next_at LIMIT most
$$;

-- Numbered changes of reports that this circle may or might hear of. "might": the report was addressed to the circle
-- once, so that its members have to hear that it is so no more. Only ids; "shared" says whether it may be told of now:
-- addressed to the circle and closed by nothing (``mask``: see exchange/recall/gates.py). What the asking organisation
-- sent itself is never sent back to it.
CREATE FUNCTION hueandcry_node_changes(shared_circle bigint, after bigint, mask integer, most integer)
RETURNS TABLE (number bigint, kind text, report bigint, reference uuid, first_object bigint, last_object bigint,
    at timestamptz, shared boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT c.number, c.kind, c.report, c.reference, c.first_object, c.last_object, c.at,
        r.id IS NOT NULL
        AND EXISTS (SELECT 1 FROM members_audienceprincipal p WHERE p.principal = shared_circle AND p.audience = r.audience)
        AND (hueandcry_gate(r.codes, r.pap) & mask = 0 OR hueandcry_opened(r.id, hueandcry_gate(r.codes, r.pap) & mask))
    FROM exchange_change c LEFT JOIN exchange_report r ON r.id = c.report
    WHERE shared_circle = ANY (hueandcry_principals()) AND c.number > after
      AND c.organisation IS DISTINCT FROM hueandcry_organisation()
      AND (r.key IS NULL OR r.key NOT LIKE 'node:%')  -- another node's: passed on under its own number, or not at all
      AND EXISTS (SELECT 1 FROM exchange_change e
                  JOIN members_audienceprincipal p ON p.audience = e.audience AND p.principal = shared_circle
                  WHERE e.report = c.report AND e.id <= c.id)
    ORDER BY c.number LIMIT most
$$;

-- What other nodes of the circle told us and lets pass on, in the order it came in. Never to the organisation it came
-- through, nor to the node it comes from; not what was applied and is gone, narrowed or closed here since.
CREATE FUNCTION hueandcry_node_passed(shared_circle bigint, after bigint, most integer)
RETURNS TABLE (id bigint, content text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT e.id, e.content FROM exchange_envelope e JOIN exchange_remote m ON m.id = e.remote_id
    WHERE shared_circle = ANY (hueandcry_principals()) AND m.circle = shared_circle AND e.id > after
      AND e.passes_on AND e.content <> '' AND m.organisation IS DISTINCT FROM hueandcry_organisation()
      AND NOT EXISTS (SELECT 1 FROM exchange_remote o
                      WHERE o.organisation = hueandcry_organisation() AND o.node = e.origin)
      AND (e.applied_at IS NULL OR e.kind IN ('gone', 'erased') OR EXISTS (
          SELECT 1 FROM exchange_report r
          JOIN members_audienceprincipal p ON p.audience = r.audience AND p.principal = shared_circle
          WHERE r.organisation_id = m.organisation AND r.key = 'node:' || e.origin || ':' || e.report
            AND hueandcry_gate(r.codes, r.pap) & 9 = 0))
    ORDER BY e.id LIMIT most
$$;

-- Takes envelopes in: each (origin, number) once for a circle of this installation, whichever way it comes; with the
-- remote through which its report came first. The lock makes ids grow in the order of commits, for whoever reads on.
-- Gives how many were new.
CREATE FUNCTION hueandcry_node_take(through bigint, origins uuid[], numbers bigint[], kinds text[], reports uuid[],
    contents text[], passing boolean[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE shared_circle bigint; taken integer;
BEGIN
    SELECT r.circle INTO shared_circle FROM exchange_remote r
    WHERE r.id = through AND r.organisation = hueandcry_organisation();
    IF shared_circle IS NULL THEN
        RAISE EXCEPTION 'no such remote' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(7203, 1);
    INSERT INTO exchange_envelope (remote_id, origin, number, kind, report, content, passes_on, received_at, error)
    SELECT coalesce(held.remote_id, through), u.origin, u.number, u.kind, u.report, u.content, u.passing,
        clock_timestamp(), ''
    FROM unnest(origins, numbers, kinds, reports, contents, passing) WITH ORDINALITY
        AS u(origin, number, kind, report, content, passing, place)
    LEFT JOIN LATERAL (
        SELECT e.remote_id FROM exchange_envelope e JOIN exchange_remote m ON m.id = e.remote_id
        WHERE e.origin = u.origin AND e.report = u.report AND m.circle = shared_circle ORDER BY e.id LIMIT 1) held ON true
    WHERE NOT EXISTS (SELECT 1 FROM exchange_envelope e JOIN exchange_remote m ON m.id = e.remote_id
        WHERE e.origin = u.origin AND e.number = u.number AND m.circle = shared_circle)
    ORDER BY u.place
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS taken = ROW_COUNT;
    RETURN taken;
END $$;
