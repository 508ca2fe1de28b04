-- Who got what. A row is its recipient's own; the blind functions below read across.
CREATE POLICY delivery_own ON exchange_delivery FOR ALL USING (
    organisation IS NOT DISTINCT FROM (SELECT hueandcry_organisation()) AND person IS NOT DISTINCT FROM (SELECT hueandcry_person()))
    WITH CHECK (organisation IS NOT DISTINCT FROM (SELECT hueandcry_organisation()) AND person IS NOT DISTINCT FROM (SELECT hueandcry_person()));
-- (collection, number) as one number, so that one range index finds the stretches that cover an entry.
CREATE INDEX delivery_stretch ON exchange_delivery USING gist (
    int8range((collection::bigint << 40) + first_entry, (collection::bigint << 40) + last_entry, '[]')) WHERE collection IS NOT NULL;

-- What was asked and allowed: shows to who asks and to the report's owner. Who asks cannot answer itself; H3 is
-- acknowledged by the organisation that reads, for which `conditions` keeps the text as it was read.
CREATE FUNCTION hueandcry_owns(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = wanted AND r.organisation_id = hueandcry_organisation()) $$;
CREATE POLICY permission_read ON exchange_permission FOR SELECT USING (EXISTS (SELECT 1 FROM exchange_report r
    WHERE r.id = report_id AND (r.organisation_id = hueandcry_organisation() OR organisation = hueandcry_organisation())));
CREATE POLICY permission_ask ON exchange_permission FOR INSERT WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND (code = 'H3' OR allowed IS NULL) AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = report_id));
CREATE POLICY permission_answer ON exchange_permission FOR UPDATE USING (
    (code <> 'H3' AND hueandcry_owns(report_id)) OR (code = 'H3' AND organisation = (SELECT hueandcry_organisation())));
-- They go with their report: whoever erases it deletes them too.
CREATE POLICY permission_delete ON exchange_permission FOR DELETE USING (hueandcry_owns(report_id));

-- Whether the viewer's organisation did what the closed bits of a report's gate ask for: 1 H2 allowed, 2 H3 read as its
-- text stands now, 16 H1 allowed. PAP (4, 8) opens for nobody. See exchange/recall/gates.py.
CREATE FUNCTION hueandcry_opened(wanted bigint, bits integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT bits & 12 = 0 AND hueandcry_organisation() IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM (VALUES (1, 'H2'), (2, 'H3'), (16, 'H1')) AS wants (bit, code)
        WHERE bits & wants.bit <> 0 AND NOT EXISTS (
            SELECT 1 FROM exchange_permission p WHERE p.report_id = wanted AND p.code = wants.code
                AND p.organisation = hueandcry_organisation() AND p.allowed
                AND (p.code <> 'H3' OR p.conditions = (SELECT r.restriction FROM exchange_report r WHERE r.id = wanted))))
$$;

-- Recalls: an owner sees its own and every receipt of them; a recipient what was told to it, and no other recipient.
-- Where the report was for one person, on either side, its news is for that person too.
CREATE POLICY receipt_read ON exchange_recallreceipt FOR SELECT USING (
    (owner = (SELECT hueandcry_organisation()) AND (sender IS NULL OR sender = (SELECT hueandcry_person())))
    OR (organisation = (SELECT hueandcry_organisation()) AND (person IS NULL OR person = (SELECT hueandcry_person()))));
CREATE POLICY receipt_act ON exchange_recallreceipt FOR UPDATE USING (organisation = (SELECT hueandcry_organisation())
    AND (person IS NULL OR person = (SELECT hueandcry_person())));
CREATE POLICY recall_read ON exchange_recall FOR SELECT USING (
    (organisation = (SELECT hueandcry_organisation()) AND (person IS NULL OR person = (SELECT hueandcry_person())))
    OR EXISTS (SELECT 1 FROM exchange_recallreceipt t WHERE t.recall_id = exchange_recall.id
        AND t.organisation = hueandcry_organisation()));

GRANT INSERT ON exchange_delivery, exchange_recall TO {blind};
GRANT INSERT, UPDATE ON exchange_recallreceipt, exchange_recallposition TO {blind};
GRANT USAGE ON SEQUENCE exchange_delivery_id_seq, exchange_recall_id_seq, exchange_recallreceipt_id_seq TO {blind};
CREATE POLICY delivery_settle ON exchange_delivery FOR INSERT TO {blind} WITH CHECK (true);
CREATE POLICY recall_write ON exchange_recall FOR INSERT TO {blind} WITH CHECK (true);
CREATE POLICY receipt_write ON exchange_recallreceipt FOR INSERT TO {blind} WITH CHECK (true);
CREATE POLICY receipt_fetch ON exchange_recallreceipt FOR UPDATE TO {blind} USING (true) WITH CHECK (true);
CREATE POLICY position_write ON exchange_recallposition FOR INSERT TO {blind} WITH CHECK (true);
CREATE POLICY position_move ON exchange_recallposition FOR UPDATE TO {blind} USING (true) WITH CHECK (true);
-- Rows of the position: 1 is the number of the last change told, 2 the last day of reviews, in days since 2000.

-- Who got these reports, by any way. What left as a stretch or as everything counts where the viewer of then had the
-- report in sight then, by the latest change before it; `wide` where that was not by being named as a person.
CREATE FUNCTION hueandcry_recipients(wanted bigint[]) RETURNS TABLE (report bigint, organisation bigint, person bigint,
    token bigint, remote bigint, channel text, principals bigint[], mask smallint, at timestamptz, wide boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET jit = off AS $$
    WITH direct AS (
        SELECT d.report, d.id, d.report IS NULL AS asks FROM exchange_delivery d WHERE d.report = ANY (wanted)),
    stretches AS (
        SELECT DISTINCT o.report_id AS report, d.id, true AS asks
        FROM exchange_object o JOIN exchange_entry e ON e.object = o.id
        JOIN exchange_delivery d ON d.collection IS NOT NULL
            AND int8range((d.collection::bigint << 40) + d.first_entry, (d.collection::bigint << 40) + d.last_entry, '[]')
                @> ((e.collection::bigint << 40) + e.number)
        WHERE o.report_id = ANY (wanted) AND (e.gate & d.mask = 0 OR o.organisation = d.organisation OR EXISTS (
            SELECT 1 FROM exchange_permission p WHERE p.report_id = o.report_id AND p.organisation = d.organisation AND p.allowed))),
    everything AS (
        SELECT r.id AS report, d.id, true AS asks FROM exchange_report r
        JOIN exchange_delivery d ON d.everything AND d.at >= r.created_at
        WHERE r.id = ANY (wanted) AND (hueandcry_gate(r.codes, r.pap) & d.mask = 0 OR EXISTS (
            SELECT 1 FROM exchange_permission p WHERE p.report_id = r.id AND p.organisation = d.organisation AND p.allowed))),
    got AS (
        SELECT g.report AS of, g.asks, d.*, coalesce(
            (SELECT k.audience FROM exchange_change k WHERE k.report = g.report AND k.at <= d.at ORDER BY k.id DESC LIMIT 1),
            (SELECT r.audience FROM exchange_report r WHERE r.id = g.report)) AS audience
        FROM (SELECT * FROM direct UNION ALL SELECT * FROM stretches UNION ALL SELECT * FROM everything) g
        JOIN exchange_delivery d ON d.id = g.id)
    SELECT g.of, g.organisation, g.person, g.token, g.remote, g.channel, g.principals, g.mask, g.at, coalesce(x.wide, false)
    FROM got g, LATERAL (
        SELECT count(*) > 0 AS had, bool_or(n.kind <> 'person') AS wide
        FROM members_audienceprincipal a JOIN members_principal n ON n.id = a.principal
        WHERE a.audience = g.audience AND a.principal = ANY (g.principals)) x
    WHERE x.had OR NOT g.asks
$$;

-- Who got reports is written down report by report while it can still be told: before objects are deleted, and when
-- something happened to them, for publishing that may take entries out of collections.
CREATE FUNCTION hueandcry_note_recipients(wanted bigint[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE written bigint;
BEGIN
    INSERT INTO exchange_delivery (organisation, person, token, remote, channel, report, principals, mask, at)
    SELECT DISTINCT ON (g.report, g.organisation, g.person, g.token, g.remote, g.channel)
        g.organisation, g.person, g.token, g.remote, g.channel, g.report, g.principals, g.mask, g.at
    FROM hueandcry_recipients(ARRAY(SELECT r.id FROM exchange_report r
        WHERE r.id = ANY (wanted) AND r.organisation_id = hueandcry_organisation())) g
    WHERE g.organisation IS DISTINCT FROM hueandcry_organisation() OR g.remote IS NOT NULL
    ORDER BY g.report, g.organisation, g.person, g.token, g.remote, g.channel, g.at
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;

CREATE FUNCTION hueandcry_change_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE reports bigint[];
BEGIN
    SELECT array_agg(DISTINCT m.report) INTO reports FROM made m WHERE m.kind NOT IN ('added', 'again', 'gone') AND m.report <> 0;
    IF reports IS NOT NULL THEN PERFORM hueandcry_note_recipients(reports); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER change_told AFTER INSERT ON exchange_change REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION hueandcry_change_told();

-- News that recipients have to hear, one row each: for the one process that tells, which holds the lock and moves the
-- position in the same transaction. `stays` says whether the recipient still has the report in sight.
CREATE INDEX change_news ON exchange_change (number) WHERE kind NOT IN ('added', 'again', 'gone');
CREATE FUNCTION hueandcry_recall_news(most integer) RETURNS TABLE (number bigint, kind text, report bigint, reference uuid,
    owner bigint, sender bigint, at timestamptz, revision integer, organisation bigint, person bigint, remote bigint,
    channel text, stays boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public SET jit = off AS $$
#variable_conflict use_column
DECLARE
    place bigint;
    until bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('hueandcry recall')) THEN RETURN; END IF;
    place := hueandcry_recall_position();
    SELECT max(n.number) INTO until FROM (SELECT c.number FROM exchange_change c
        WHERE c.number > place AND c.kind NOT IN ('added', 'again', 'gone') ORDER BY c.number LIMIT most) n;
    IF until IS NULL THEN RETURN; END IF;
    INSERT INTO exchange_recallposition AS p (id, number) VALUES (1, until) ON CONFLICT (id) DO UPDATE SET number = excluded.number;
    RETURN QUERY
        WITH news AS (
            SELECT c.* FROM exchange_change c WHERE c.number > place AND c.number <= until AND c.kind NOT IN ('added', 'again', 'gone')),
        got AS MATERIALIZED (
            SELECT DISTINCT g.report, g.organisation, g.person, g.remote, g.channel, g.wide
            FROM hueandcry_recipients(ARRAY(SELECT DISTINCT n.report FROM news n)) g),
        people AS MATERIALIZED (
            SELECT p.person, CASE WHEN p.person IS NULL THEN ARRAY[1]::bigint[]
                ELSE (SELECT i.principals FROM hueandcry_identify(p.person) i) END AS principals
            FROM (SELECT DISTINCT g.person FROM got g) p),
        told AS (
            SELECT n.number AS of, g.organisation, g.person, g.remote, g.channel, g.wide,
                EXISTS (SELECT 1 FROM members_audienceprincipal a WHERE a.audience = n.audience AND a.principal = ANY (p.principals))
                    AS stays
            FROM news n JOIN got g ON g.report = n.report JOIN people p ON p.person IS NOT DISTINCT FROM g.person
            WHERE g.organisation IS DISTINCT FROM n.organisation OR g.remote IS NOT NULL)
        SELECT n.number, n.kind, n.report, n.reference, n.organisation,
            CASE WHEN EXISTS (SELECT 1 FROM members_audienceprincipal a JOIN members_organisation o ON o.principal_id = a.principal
                WHERE a.audience = n.audience AND o.id = n.organisation) THEN NULL ELSE n.person END,
            n.at, (SELECT v.number FROM exchange_revision v WHERE v.report_id = n.report
                ORDER BY abs(extract(epoch FROM v.at - n.at)), v.number DESC LIMIT 1),
            t.organisation, CASE WHEN t.wide OR t.organisation IS NULL THEN NULL ELSE t.person END, t.remote, t.channel, bool_or(t.stays)
        FROM news n JOIN told t ON t.of = n.number
        GROUP BY n.number, n.kind, n.report, n.reference, n.organisation, n.audience, n.person, n.at, t.organisation,
            CASE WHEN t.wide OR t.organisation IS NULL THEN NULL ELSE t.person END, t.remote, t.channel
        ORDER BY n.number;
END $$;

-- Keeps recalls with their receipts, as JSON of hueandcry_recall_news' own columns; gives the id and reference of each.
CREATE FUNCTION hueandcry_recall_keep(told jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE written bigint;
BEGIN
    WITH made AS (
        INSERT INTO exchange_recall (reference, report, report_reference, organisation, person, change, kind, revision, at,
            due_on, statement, signature)
        SELECT r.reference, r.report, r.report_reference, r.organisation, r.person, r.change, r.kind, r.revision, r.at,
            r.due_on, r.statement, decode(r.signature, 'hex')
        FROM jsonb_to_recordset(told) AS r (reference uuid, report bigint, report_reference uuid, organisation bigint,
            person bigint, change bigint, kind text, revision integer, at timestamptz, due_on date, statement text, signature text)
        RETURNING id, reference, organisation, person)
    INSERT INTO exchange_recallreceipt (recall_id, owner, sender, organisation, person, remote, channel, told_at)
    SELECT m.id, m.organisation, m.person, t.organisation, t.person, t.remote, t.channel,
        CASE WHEN t.organisation IS NOT NULL THEN clock_timestamp() END
    FROM jsonb_to_recordset(told) AS r (reference uuid, receipts jsonb) JOIN made m ON m.reference = r.reference,
        jsonb_to_recordset(r.receipts) AS t (organisation bigint, person bigint, remote bigint, channel text);
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;

-- A receipt is fetched once its program (or person) took the report again by the same way after it was told.
CREATE FUNCTION hueandcry_recall_fetched() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE written bigint;
BEGIN
    UPDATE exchange_recallreceipt t SET fetched_at = f.at
    FROM (SELECT t.id, (SELECT min(x.at) FROM (
            SELECT d.last_at AS at FROM exchange_delivery d WHERE d.report = c.report AND d.last_at > c.at
                AND d.channel = t.channel AND d.organisation IS NOT DISTINCT FROM t.organisation
                AND d.remote IS NOT DISTINCT FROM t.remote AND (t.person IS NULL OR d.person = t.person)
            UNION ALL
            SELECT d.at FROM exchange_delivery d WHERE d.everything AND d.at > c.at AND d.channel = t.channel
                AND d.organisation = t.organisation AND (t.person IS NULL OR d.person = t.person)
                AND c.kind NOT IN ('restricted', 'erased')
            UNION ALL
            SELECT d.at FROM exchange_object o JOIN exchange_entry e ON e.object = o.id AND e.added >= c.at
            JOIN exchange_delivery d ON d.collection IS NOT NULL
                AND int8range((d.collection::bigint << 40) + d.first_entry, (d.collection::bigint << 40) + d.last_entry, '[]')
                    @> ((e.collection::bigint << 40) + e.number)
            WHERE o.report_id = c.report AND d.channel = t.channel AND d.organisation IS NOT DISTINCT FROM t.organisation
                AND d.remote IS NOT DISTINCT FROM t.remote AND (t.person IS NULL OR d.person = t.person)) x) AS at
        FROM exchange_recallreceipt t JOIN exchange_recall c ON c.id = t.recall_id
        WHERE t.fetched_at IS NULL AND t.acted_at IS NULL AND c.at > clock_timestamp() - interval '90 days') f
    WHERE t.id = f.id AND f.at IS NOT NULL;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;

-- Reports whose review fell due since the day last looked at, by owner; for RED by the person who sent it.
CREATE FUNCTION hueandcry_reviews_due(today date) RETURNS TABLE (organisation bigint, person bigint, reports bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE since bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('hueandcry reviews')) THEN RETURN; END IF;
    since := coalesce((SELECT p.number FROM exchange_recallposition p WHERE p.id = 2), 0);
    IF since >= today - '2000-01-01'::date THEN RETURN; END IF;
    INSERT INTO exchange_recallposition AS p (id, number) VALUES (2, today - '2000-01-01'::date)
        ON CONFLICT (id) DO UPDATE SET number = excluded.number;
    RETURN QUERY SELECT r.organisation_id, CASE WHEN r.tlp = 'RED' THEN r.person_id END, count(*)
        FROM exchange_report r WHERE r.review_on <= today AND r.review_on > '2000-01-01'::date + since::integer AND r.state = 'current'
        GROUP BY 1, 2;
END $$;
CREATE INDEX report_review ON exchange_report (review_on) WHERE review_on IS NOT NULL;

-- Up to which change recalls have been told: for the process that tells.
CREATE FUNCTION hueandcry_recall_position() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce((SELECT number FROM exchange_recallposition WHERE id = 1), 0)
$$;
