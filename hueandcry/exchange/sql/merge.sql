-- name: stages
-- The staging tables of one connection: filled by COPY, emptied by each commit. COPY cannot write under row-level
-- security, and INSERT ... SELECT can; that is why everything is staged first.
CREATE TEMPORARY TABLE IF NOT EXISTS stage_report (
    key text PRIMARY KEY, version timestamptz, withdrawn boolean, kind text, title text, account text, language text,
    classes text[], main_class text, techniques text[], labels text[], occurred_from timestamptz, occurred_to timestamptz,
    reported_at timestamptz, victim_countries text[], victim_sector text, victim_size text, victim_area text,
    victim_reference text, loss_amount numeric,
    loss_currency text, audience integer, tlp text, pap text, codes text[], source_grade text, information_grade text,
    discoverability text, reference uuid DEFAULT gen_random_uuid(), holds text[], id bigint, found boolean DEFAULT false, changed boolean DEFAULT false,
    narrowed boolean DEFAULT false, gated boolean DEFAULT false, first_object bigint, last_object bigint, new integer DEFAULT 0
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS stage_object (
    ord integer PRIMARY KEY, key text, kind text, version timestamptz, digest bytea, revoked boolean, place text,
    spec smallint, home text, told_by bigint, text text, state text DEFAULT 'new', stale boolean DEFAULT false,
    variant boolean DEFAULT false
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS stage_observation (
    ord integer, report text, observable bigint, role text, first_seen timestamptz, last_seen timestamptz, claimed text,
    told_by bigint
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS stage_observable (
    id bigint, type text, value text, weight double precision, warnings text[]
) ON COMMIT DELETE ROWS;

-- name: indexes_only
-- The large tables are met by what is staged, a few thousand rows; where their statistics lag behind what has come in,
-- the planner would read them whole.
SELECT set_config('enable_seqscan', 'off', true);

-- name: analyse
-- How many rows there are is what the planner has to know; what they say, of the columns that are joined by.
ANALYZE stage_object (key, home), stage_report (key), stage_observation (ord, report), stage_observable (id);

-- name: any_held
-- Whether the sender holds anything under one of these ids; most files are new, and then there is nothing to compare.
SELECT 1 FROM (SELECT hashtextextended(key, 0) AS hash FROM stage_object OFFSET 0) s CROSS JOIN LATERAL (
    SELECT 1 FROM exchange_object o WHERE o.hash = s.hash AND o.organisation = %(organisation)s::bigint AND NOT o.ours LIMIT 1) o
LIMIT 1;

-- name: mark_known
-- Known: its sender holds the same content under the same id and version. Only own and visible copies count, so that
-- the answer tells nothing of what others hold. Here and in the next ones each staged row goes to the index by itself
-- (LATERAL with LIMIT cannot be turned round): joined as one, the planner read all that the sender sees, for each file.
UPDATE stage_object s SET state = 'known'
FROM (SELECT ord, key, digest, version, hashtextextended(key, 0) AS hash FROM stage_object OFFSET 0) t
CROSS JOIN LATERAL (SELECT 1 FROM exchange_object o
    WHERE o.hash = t.hash AND o.organisation = %(organisation)s::bigint AND o.key = t.key
      AND o.digest = t.digest AND NOT o.ours AND o.version IS NOT DISTINCT FROM t.version LIMIT 1) held
WHERE t.ord = s.ord;

-- name: mark_repeated
-- The same content twice in one file: the first is stored, the others are known.
UPDATE stage_object s SET state = 'known'
FROM (SELECT ord, row_number() OVER (PARTITION BY key, version, digest ORDER BY ord) AS n FROM stage_object) d
WHERE d.ord = s.ord AND d.n > 1;

-- name: mark_variants
-- One id, one version, two contents. Publishers do this (ATT&CK 18.1 has 70 such objects against 17.1), so both are kept
-- and the receipt says so.
UPDATE stage_object s SET variant = true
FROM (SELECT ord, key, digest, version, hashtextextended(key, 0) AS hash FROM stage_object WHERE state = 'new' OFFSET 0) t
CROSS JOIN LATERAL (SELECT 1 FROM exchange_object o
    WHERE o.hash = t.hash AND o.organisation = %(organisation)s::bigint AND o.key = t.key
      AND NOT o.ours AND o.version = t.version AND o.digest <> t.digest LIMIT 1) held
WHERE t.ord = s.ord;

-- name: mark_variants_within
UPDATE stage_object s SET variant = true
FROM (SELECT ord, first_value(digest) OVER (PARTITION BY key, version ORDER BY ord) <> digest AS differs
      FROM stage_object WHERE state = 'new' AND version IS NOT NULL) d
WHERE d.ord = s.ord AND d.differs;

-- name: mark_stale
-- An older version that comes late is kept, and does not take the place of what the newer one says.
UPDATE stage_object s SET stale = true
FROM (SELECT ord, key, version, hashtextextended(key, 0) AS hash FROM stage_object OFFSET 0) t
CROSS JOIN LATERAL (SELECT 1 FROM exchange_object o
    WHERE o.hash = t.hash AND o.organisation = %(organisation)s::bigint AND o.key = t.key
      AND NOT o.ours AND o.version > t.version LIMIT 1) held
WHERE t.ord = s.ord;

-- name: mark_stale_within
UPDATE stage_object s SET stale = true
FROM (SELECT ord, max(version) OVER (PARTITION BY key) > version AS older
      FROM stage_object WHERE state = 'new' AND version IS NOT NULL) d
WHERE d.ord = s.ord AND d.older;

-- name: find_reports
UPDATE stage_report s SET id = f.id, found = true
FROM (SELECT t.key, (SELECT max(id) FROM (
          SELECT r.id FROM exchange_report r WHERE r.organisation_id = %(organisation)s::bigint AND r.key = t.key OFFSET 0) held) AS id
      FROM stage_report t OFFSET 0) f
WHERE f.key = s.key AND f.id IS NOT NULL;

-- name: lock_reports
-- What a report that was there gets must not outlive it: who deletes it waits for us, or we learn that it is gone.
SELECT r.id FROM exchange_report r WHERE r.id IN (SELECT s.id FROM stage_report s WHERE s.found) ORDER BY r.id FOR UPDATE;

-- name: forget_reports
UPDATE stage_report s SET found = false, id = NULL
WHERE s.found AND NOT EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = s.id);

-- name: mark_changed
-- A report changes where its own object has a new version.
UPDATE stage_report s SET changed = true
FROM stage_object o
WHERE s.found AND o.state = 'new' AND NOT o.stale AND o.key = s.key;

-- name: keep_revisions
INSERT INTO exchange_revision (report_id, number, person, act, reason, before)
SELECT r.id, 1 + (SELECT count(*) FROM exchange_revision v WHERE v.report_id = r.id), %(person)s::bigint,
    CASE WHEN s.withdrawn AND r.state <> 'withdrawn' THEN 'withdrawn' ELSE 'resent' END, '',
    jsonb_build_object('title', r.title, 'account', r.account, 'classes', r.classes, 'labels', r.labels,
        'occurred_from', r.occurred_from, 'occurred_to', r.occurred_to, 'victim_countries', r.victim_countries,
        'victim_sector', r.victim_sector, 'loss_amount', r.loss_amount, 'loss_currency', r.loss_currency,
        'language', r.language, 'techniques', r.techniques, 'victim_size', r.victim_size, 'victim_area', r.victim_area,
        'state', r.state, 'tlp', r.tlp, 'version', r.version)
FROM stage_report s JOIN exchange_report r ON r.id = s.id
WHERE s.changed;

-- name: mark_narrowed
UPDATE stage_report s SET gated = true,
    narrowed = array_position(%(order)s::text[], s.tlp) > array_position(%(order)s::text[], r.tlp)
FROM exchange_report r
WHERE s.changed AND r.id = s.id AND (array_position(%(order)s::text[], s.tlp) > array_position(%(order)s::text[], r.tlp)
    OR array_position(%(paps)s::text[], s.pap) > array_position(%(paps)s::text[], r.pap) OR NOT r.codes @> s.codes);

-- name: grant_sender
-- Who makes a colleague's report RED, which is for individuals, goes on seeing it; by a grant, so that it can be told and
-- taken back.
INSERT INTO exchange_grant (report_id, principal, granted_by, reason)
SELECT r.id, %(sender)s::bigint, %(person)s::bigint, 'sent it again, as TLP:RED'
FROM stage_report s JOIN exchange_report r ON r.id = s.id
WHERE s.narrowed AND s.tlp = 'RED' AND r.person_id <> %(person)s::bigint
ON CONFLICT DO NOTHING;

-- name: narrowed
-- What the audience of a report that got stricter is derived from: its own recipients and grants, not the resend's.
SELECT r.id, r.tlp, r.recipients, p.principal_id,
    ARRAY(SELECT g.principal FROM exchange_grant g WHERE g.report_id = r.id AND g.revoked_at IS NULL ORDER BY 1)
FROM stage_report s JOIN exchange_report r ON r.id = s.id JOIN members_person p ON p.id = r.person_id
WHERE s.narrowed;

-- name: set_audience
UPDATE exchange_report SET audience = %(audience)s::integer WHERE id = ANY (%(reports)s::bigint[]);

-- name: update_reports
-- A resent report says what its sender now says; its marking may get stricter on the way and never wider.
UPDATE exchange_report r SET version = s.version, title = s.title, account = s.account, language = s.language,
    classes = s.classes, main_class = s.main_class, techniques = s.techniques, labels = s.labels,
    occurred_from = s.occurred_from, occurred_to = s.occurred_to,
    victim_countries = s.victim_countries, victim_sector = s.victim_sector, victim_size = s.victim_size,
    victim_area = s.victim_area, victim_reference = s.victim_reference,
    loss_amount = s.loss_amount, loss_currency = s.loss_currency, changed_at = now(),
    state = CASE WHEN s.withdrawn THEN 'withdrawn' WHEN r.state = 'withdrawn' THEN 'current' ELSE r.state END,
    tlp = CASE WHEN s.narrowed THEN s.tlp ELSE r.tlp END,
    pap = CASE WHEN array_position(%(paps)s::text[], s.pap) > array_position(%(paps)s::text[], r.pap) THEN s.pap ELSE r.pap END,
    codes = ARRAY(SELECT DISTINCT unnest(r.codes || s.codes) ORDER BY 1),
    discoverability = CASE WHEN array_position(%(discoverabilities)s::text[], s.discoverability)
        < array_position(%(discoverabilities)s::text[], r.discoverability) THEN s.discoverability ELSE r.discoverability END
FROM stage_report s WHERE s.changed AND r.id = s.id;

-- name: insert_reports
-- A report is made where it is new and at least one new object has its home in it.
WITH made AS (INSERT INTO exchange_report (reference, organisation_id, person_id, submission_id, audience, key, version, state, kind,
    source_kind, title, account, language, classes, main_class, techniques, labels, occurred_from, occurred_to, reported_at,
    victim_countries, victim_sector, victim_size, victim_area, victim_reference, loss_amount, loss_currency, objects_count, holds, tlp, pap, codes, source_grade,
    information_grade, discoverability, purpose, legal_basis, review_on, restriction, recipients)
SELECT s.reference, %(organisation)s::bigint, %(person)s::bigint, %(submission)s::bigint, s.audience, s.key, s.version,
    CASE WHEN s.withdrawn THEN 'withdrawn' ELSE 'current' END, s.kind, %(source_kind)s::text, s.title, s.account, s.language,
    s.classes, s.main_class, s.techniques, s.labels, s.occurred_from, s.occurred_to, s.reported_at, s.victim_countries,
    s.victim_sector, s.victim_size, s.victim_area, s.victim_reference, s.loss_amount, s.loss_currency, 0, s.holds, s.tlp, s.pap, s.codes, s.source_grade,
    s.information_grade, s.discoverability, %(purpose)s::text[], %(legal_basis)s::text, %(review_on)s::date, %(restriction)s::text, %(recipients)s::bigint[]
FROM stage_report s
WHERE NOT s.found AND EXISTS (SELECT 1 FROM stage_object o WHERE o.home = s.key AND o.state = 'new')
RETURNING id, reference)
UPDATE stage_report s SET id = made.id FROM made WHERE made.reference = s.reference;

-- name: insert_objects
WITH made AS (
    INSERT INTO exchange_object (organisation, submission, report_id, audience, key, kind, version, digest, revoked, place, spec, text)
    SELECT %(organisation)s::bigint, %(submission)s::bigint, r.id, r.audience, o.key, o.kind, o.version, o.digest, o.revoked, o.place, o.spec, o.text
    FROM stage_object o JOIN stage_report s ON s.key = o.home JOIN exchange_report r ON r.id = s.id
    WHERE o.state = 'new' ORDER BY o.ord
    RETURNING id, report_id),
counted AS (
    UPDATE stage_report s SET first_object = m.first, last_object = m.last, new = m.new
    FROM (SELECT report_id, min(id) AS first, max(id) AS last, count(*) AS new FROM made GROUP BY report_id) m
    WHERE m.report_id = s.id RETURNING s.new)
SELECT coalesce(sum(new), 0) FROM counted;

-- name: count_objects
UPDATE exchange_report r SET objects_count = objects_count + s.new FROM stage_report s WHERE s.new > 0 AND r.id = s.id;

-- name: note_changes
-- What the publisher goes by: one line for each report that got something. What came as STIX has nothing to be written,
-- but where we wrote versions of our own once (a withdrawal), for those have to give way.
INSERT INTO exchange_change (kind, report, reference, organisation, person, audience, first_object, last_object, size, rendered)
SELECT CASE WHEN NOT s.changed THEN 'added' WHEN s.withdrawn THEN 'withdrawn' ELSE 'corrected' END, r.id, r.reference,
    r.organisation_id, %(person)s::bigint, r.audience, s.first_object, s.last_object, s.new,
    NOT %(foreign)s::boolean AND NOT (
        s.found AND EXISTS (SELECT 1 FROM exchange_object o WHERE o.report_id = s.id AND o.ours))
FROM stage_report s JOIN exchange_report r ON r.id = s.id
WHERE s.new > 0 OR s.changed ORDER BY r.id;

-- name: note_handled
INSERT INTO exchange_change (kind, report, reference, organisation, person, audience, size, rendered)
SELECT 'handled', r.id, r.reference, r.organisation_id, %(person)s::bigint, r.audience, r.objects_count, NOT %(foreign)s::boolean
FROM stage_report s JOIN exchange_report r ON r.id = s.id
WHERE s.gated ORDER BY r.id;

-- name: insert_observables
INSERT INTO exchange_observable (id, type, value, weight, warnings)
SELECT DISTINCT ON (id) id, type, value, weight, warnings FROM stage_observable ORDER BY id
ON CONFLICT DO NOTHING;

-- name: replace_observations
-- What an older version of an object told goes, in every report of this file that it told it to; the newer one is
-- inserted next.
DELETE FROM exchange_observation v
USING stage_object o, stage_report s
WHERE o.state = 'new' AND NOT o.stale AND s.found AND v.report_id = s.id AND v.told_by = o.told_by;

-- name: insert_observations
INSERT INTO exchange_observation (report_id, organisation, audience, observable, role, first_seen, last_seen, claimed, told_by)
SELECT r.id, %(organisation)s::bigint, r.audience, v.observable, v.role, v.first_seen, v.last_seen, v.claimed, v.told_by
FROM stage_observation v
JOIN stage_report s ON s.key = v.report
-- an object that is known tells its values to a report that is new
JOIN stage_object o ON o.ord = v.ord AND (o.state = 'new' OR NOT s.found) AND NOT o.stale
JOIN exchange_report r ON r.id = s.id
ON CONFLICT DO NOTHING;

-- name: note_types
-- A report that was there before holds what the new objects tell as well.
UPDATE exchange_report r SET holds = ARRAY(SELECT DISTINCT unnest(r.holds || s.holds) ORDER BY 1)
FROM stage_report s WHERE s.found AND r.id = s.id AND NOT r.holds @> s.holds;

-- name: narrow_audience
-- Where a resent report got stricter, its objects and observations follow.
UPDATE exchange_object o SET audience = r.audience
FROM stage_report s JOIN exchange_report r ON r.id = s.id
WHERE s.changed AND o.report_id = r.id AND o.audience <> r.audience;

-- name: narrow_observations
UPDATE exchange_observation v SET audience = r.audience
FROM stage_report s JOIN exchange_report r ON r.id = s.id
WHERE s.changed AND v.report_id = r.id AND v.audience <> r.audience;

-- name: states
SELECT count(*) FILTER (WHERE state = 'known'), array_agg(place ORDER BY ord) FILTER (WHERE variant) FROM stage_object;
