-- The record is append-only for the app login, and chained by a sealer that reads below the snapshot's horizon.
ALTER TABLE audit_act ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE audit_head ADD COLUMN horizon xid8 NOT NULL DEFAULT '0';
CREATE INDEX audit_act_xid ON audit_act (xid, id);
INSERT INTO audit_head (id, position, digest) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

REVOKE UPDATE, DELETE, TRUNCATE ON audit_act, audit_seal, audit_head FROM {app};
REVOKE INSERT ON audit_seal, audit_head FROM {app};
GRANT SELECT ON audit_act, audit_seal, audit_head TO {blind};
GRANT INSERT ON audit_seal TO {blind};
GRANT UPDATE ON audit_head TO {blind};

-- Who reads the record: the alliance's data-protection officer and secretariat all of it, an organisation's
-- administrator and data-protection officer what their own people did. GUCs are set by members' hueandcry_enter.
CREATE POLICY act_insert ON audit_act FOR INSERT WITH CHECK (true);
CREATE POLICY act_read ON audit_act FOR SELECT USING (
    (SELECT coalesce(current_setting('hueandcry.audit', true), '')) = 'all'
    OR ((SELECT coalesce(current_setting('hueandcry.audit', true), '')) = 'own'
        AND organisation = (SELECT nullif(current_setting('hueandcry.organisation', true), '')::bigint))
    OR person = (SELECT nullif(current_setting('hueandcry.person', true), '')::bigint)
);

-- The bytes of an act that the chain covers. jsonb prints its keys in one order, so this is canonical.
CREATE FUNCTION hueandcry_act_bytes(a audit_act) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(jsonb_build_array(a.id, a.xid::text, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        a.person, a.organisation, a.channel, a.verb, a.kind, a.thing, a.count, a.detail)::text, 'UTF8')
$$;

-- Chains what has committed below the horizon, at most `most` acts; gives the new position and digest.
CREATE FUNCTION hueandcry_seal(most integer, OUT sealed integer, OUT new_position bigint, OUT new_digest bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    head audit_head%ROWTYPE;
    limit_xid xid8 := pg_snapshot_xmin(pg_current_snapshot());
    last_xid xid8;
    act record;
BEGIN
    SELECT * INTO head FROM audit_head WHERE id = 1 FOR UPDATE;
    sealed := 0; new_position := head.position; new_digest := head.digest; last_xid := head.horizon;
    FOR act IN
        SELECT a.id, a.xid, hueandcry_act_bytes(a) AS bytes FROM audit_act a
        WHERE a.xid >= head.horizon AND a.xid < limit_xid
          AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.act = a.id)
        ORDER BY a.xid, a.id LIMIT most
    LOOP
        new_position := new_position + 1;
        new_digest := sha256(new_digest || act.bytes);
        INSERT INTO audit_seal (position, act, digest) VALUES (new_position, act.id, new_digest);
        sealed := sealed + 1;
        last_xid := act.xid;
    END LOOP;
    -- One transaction may hold more acts than `most`: its xid stays the horizon until all of it is sealed.
    UPDATE audit_head SET position = new_position, digest = new_digest, at = now(),
        horizon = CASE WHEN sealed = most THEN last_xid ELSE limit_xid END WHERE id = 1;
END $$;
