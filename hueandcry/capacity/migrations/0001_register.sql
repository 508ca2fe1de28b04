-- The register. A row carries an audience: a proposal that waits for its proposer (possible duplicates) is its organisation's
-- alone; under review, listed and fading it is the alliance's; an expert is shown to whom they agreed, and to nobody else
-- but themselves and who recorded it.
CREATE FUNCTION hueandcry_keeps_resource(body bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT body = hueandcry_organisation() OR hueandcry_secretariat() $$;
-- Whether an entry is about the viewer themselves. A function, as a policy here cannot ask one that asks this table again.
CREATE FUNCTION hueandcry_is_expert(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM capacity_expert e WHERE e.resource_id = wanted AND e.person_named = hueandcry_person()) $$;
CREATE POLICY resource_read ON capacity_resource FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY resource_insert ON capacity_resource FOR INSERT TO {app} WITH CHECK (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND 2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY resource_update ON capacity_resource FOR UPDATE TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND (hueandcry_keeps_resource(organisation) OR hueandcry_is_expert(id)))
    WITH CHECK (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
REVOKE UPDATE, DELETE ON capacity_resource FROM {app};
GRANT UPDATE (kind, state, audience, title, about, language, provider, identifier, countries, everywhere, home, languages, aspects,
    cost, amount, currency, url, contact, evidence, details, starts, ends, review_until, changed_at) ON capacity_resource TO {app};

-- What is told of an expert. A withdrawn consent ends it whatever the audience says.
CREATE POLICY expert_read ON capacity_expert FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id
        AND (consent_withdrawn_at IS NULL OR person_named = hueandcry_person() OR hueandcry_keeps_resource(r.organisation))));
CREATE POLICY expert_insert ON capacity_expert FOR INSERT TO {app} WITH CHECK (
    EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id AND r.person = hueandcry_person())
    AND (person_named IS NULL OR person_named = hueandcry_person()) AND consent_at IS NOT NULL AND consent_by <> '' AND consent_how <> '');
CREATE POLICY expert_update ON capacity_expert FOR UPDATE TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id AND hueandcry_keeps_resource(r.organisation))
    OR person_named = (SELECT hueandcry_person()));
-- Who is a person of the alliance consents themselves: nobody else widens what they agreed to.
CREATE FUNCTION hueandcry_consent_guarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.person_named IS NOT NULL AND OLD.person_named IS DISTINCT FROM hueandcry_person()
        AND (NEW.consent_to, NEW.consent_organisations, NEW.consent_at, NEW.person_named)
            IS DISTINCT FROM (OLD.consent_to, OLD.consent_organisations, OLD.consent_at, OLD.person_named) THEN
        RAISE insufficient_privilege USING MESSAGE = 'an expert of the alliance consents themselves';
    END IF;
    IF OLD.consent_withdrawn_at IS NOT NULL AND NEW.consent_withdrawn_at IS NULL AND NEW.consent_at <= OLD.consent_withdrawn_at THEN
        RAISE insufficient_privilege USING MESSAGE = 'a consent that was withdrawn has to be given anew';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_guarded BEFORE UPDATE ON capacity_expert FOR EACH ROW EXECUTE FUNCTION hueandcry_consent_guarded();

-- Nor does anybody else show them to more: the audience is what they agreed to.
CREATE FUNCTION hueandcry_expert_shown_guarded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM capacity_expert e WHERE e.resource_id = NEW.id AND e.person_named IS NOT NULL
            AND e.person_named IS DISTINCT FROM hueandcry_person()) THEN
        RAISE insufficient_privilege USING MESSAGE = 'an expert of the alliance consents themselves';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER expert_shown_guarded BEFORE UPDATE ON capacity_resource FOR EACH ROW
    WHEN (OLD.kind = 'expert' AND NEW.audience <> OLD.audience AND NEW.state <> 'withdrawn')
    EXECUTE FUNCTION hueandcry_expert_shown_guarded();

CREATE POLICY availability_read ON capacity_availability FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_expert e WHERE e.resource_id = capacity_availability.resource_id));
CREATE POLICY availability_write ON capacity_availability FOR ALL TO {app} USING (EXISTS (
    SELECT 1 FROM capacity_resource r
    WHERE r.id = capacity_availability.resource_id AND (hueandcry_keeps_resource(r.organisation) OR hueandcry_is_expert(r.id))));
CREATE POLICY conflict_read ON capacity_conflict FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_expert e WHERE e.resource_id = capacity_conflict.resource_id));
-- Anybody who sees an expert may declare a conflict; who keeps the entry, or the expert, takes it back.
CREATE POLICY conflict_insert ON capacity_conflict FOR INSERT TO {app} WITH CHECK (
    EXISTS (SELECT 1 FROM capacity_expert e WHERE e.resource_id = capacity_conflict.resource_id) AND declared_by = (SELECT hueandcry_person()));
CREATE POLICY conflict_delete ON capacity_conflict FOR DELETE TO {app} USING (declared_by = (SELECT hueandcry_person()) OR EXISTS (
    SELECT 1 FROM capacity_resource r
    WHERE r.id = capacity_conflict.resource_id AND (hueandcry_keeps_resource(r.organisation) OR hueandcry_is_expert(r.id))));
REVOKE UPDATE ON capacity_conflict FROM {app};

CREATE POLICY objection_read ON capacity_objection FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id));
CREATE POLICY objection_insert ON capacity_objection FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND upheld IS NULL
    AND EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id AND r.state = 'review' AND r.organisation <> capacity_objection.organisation));
CREATE POLICY objection_answer ON capacity_objection FOR UPDATE TO {app} USING ((SELECT hueandcry_secretariat()) AND upheld IS NULL)
    WITH CHECK (upheld IS NOT NULL);
REVOKE UPDATE, DELETE ON capacity_objection FROM {app};
GRANT UPDATE (upheld, answer, answered_by, answered_at) ON capacity_objection TO {app};

CREATE POLICY confirmation_read ON capacity_confirmation FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id));
CREATE POLICY confirmation_insert ON capacity_confirmation FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id));
REVOKE UPDATE, DELETE ON capacity_confirmation FROM {app};

CREATE POLICY shown_read ON capacity_resourceshown FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id));
CREATE POLICY event_read ON capacity_resourceevent FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id));
CREATE POLICY event_insert ON capacity_resourceevent FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id));
REVOKE UPDATE, DELETE ON capacity_resourceevent FROM {app};
CREATE POLICY duplicate_read ON capacity_resourceduplicate FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id) AND EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = other_id));
CREATE POLICY duplicate_insert ON capacity_resourceduplicate FOR INSERT TO {app} WITH CHECK (
    EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = resource_id AND hueandcry_keeps_resource(r.organisation))
    AND EXISTS (SELECT 1 FROM capacity_resource r WHERE r.id = other_id));
CREATE POLICY duplicate_say ON capacity_resourceduplicate FOR UPDATE TO {app} USING (EXISTS (
    SELECT 1 FROM capacity_resource r WHERE r.id IN (resource_id, other_id) AND hueandcry_keeps_resource(r.organisation)));
CREATE POLICY import_own ON capacity_resourceimport FOR ALL TO {app} USING (organisation = (SELECT hueandcry_organisation()))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()));

-- Full text, in the dictionary of the resource's language where PostgreSQL has one, and word by word beside it; and folded, so
-- that words without their accents find those with them.
CREATE FUNCTION hueandcry_dictionary(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE language
        WHEN 'ar' THEN 'pg_catalog.arabic' WHEN 'da' THEN 'pg_catalog.danish' WHEN 'de' THEN 'pg_catalog.german'
        WHEN 'el' THEN 'pg_catalog.greek' WHEN 'en' THEN 'pg_catalog.english' WHEN 'es' THEN 'pg_catalog.spanish'
        WHEN 'fi' THEN 'pg_catalog.finnish' WHEN 'fr' THEN 'pg_catalog.french' WHEN 'hu' THEN 'pg_catalog.hungarian'
        WHEN 'it' THEN 'pg_catalog.italian' WHEN 'nl' THEN 'pg_catalog.dutch' WHEN 'no' THEN 'pg_catalog.norwegian'
        WHEN 'nb' THEN 'pg_catalog.norwegian' WHEN 'pt' THEN 'pg_catalog.portuguese' WHEN 'ro' THEN 'pg_catalog.romanian'
        WHEN 'ru' THEN 'pg_catalog.russian' WHEN 'sv' THEN 'pg_catalog.swedish' WHEN 'tr' THEN 'pg_catalog.turkish'
        ELSE 'pg_catalog.simple' END::regconfig $$;
CREATE FUNCTION hueandcry_folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(normalize(lower(words), NFKD), U&'[\0300-\036F]', '', 'g') $$;
CREATE FUNCTION hueandcry_resource_document(language text, title text, provider text, about text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector(hueandcry_dictionary(language), title), 'A')
        || setweight(to_tsvector('pg_catalog.simple', hueandcry_folded(title)), 'A')
        || setweight(to_tsvector('pg_catalog.simple', hueandcry_folded(provider)), 'B')
        || setweight(to_tsvector(hueandcry_dictionary(language), left(about, 10000)), 'C')
        || setweight(to_tsvector('pg_catalog.simple', hueandcry_folded(left(about, 10000))), 'C') $$;
ALTER TABLE capacity_resource ADD COLUMN document tsvector GENERATED ALWAYS AS (
    hueandcry_resource_document(language, title, provider, about)) STORED;
-- What the title and the provider say alone: small, so that many can be weighed by it before few are by all of their text.
ALTER TABLE capacity_resource ADD COLUMN heading tsvector GENERATED ALWAYS AS (
    hueandcry_resource_document(language, left(title, 300), left(provider, 300), '')) STORED;
CREATE INDEX resource_document ON capacity_resource USING gin (document) WITH (fastupdate = off);
CREATE INDEX resource_countries ON capacity_resource USING gin (countries) WITH (fastupdate = off);
CREATE INDEX resource_aspects ON capacity_resource USING gin (aspects) WITH (fastupdate = off);
CREATE INDEX resource_everywhere ON capacity_resource (id) WHERE everywhere;
CREATE INDEX resource_latest ON capacity_resource ((coalesce(confirmed_at, created_at)) DESC, id DESC) WHERE state IN ('review', 'listed', 'fading');
CREATE INDEX resource_named ON capacity_resource (hueandcry_folded(left(title, 300)));
CREATE INDEX resource_identified ON capacity_resource (identifier) WHERE identifier <> '';
CREATE INDEX expert_skills ON capacity_expert USING gin (skills);

-- A query in all dictionaries at once: the words are looked for as the language of each resource has them.
CREATE FUNCTION hueandcry_resource_query(wanted text) RETURNS tsquery LANGUAGE sql STABLE AS $$
    SELECT coalesce(string_agg(DISTINCT '(' || q::text || ')', ' | '), '')::tsquery FROM (
        SELECT websearch_to_tsquery(d, wanted) AS q FROM unnest(ARRAY['simple', 'arabic', 'danish', 'german', 'greek', 'english',
            'spanish', 'finnish', 'french', 'hungarian', 'italian', 'dutch', 'norwegian', 'portuguese', 'romanian', 'russian',
            'swedish', 'turkish']::regconfig[]) d
        UNION ALL SELECT websearch_to_tsquery('simple', hueandcry_folded(wanted))) every WHERE numnode(q) > 0 $$;

-- Words of titles and providers with their trigrams, for what is spelt nearly so. They are in no answer: only ids are.
CREATE TABLE capacity_resourceword (word text PRIMARY KEY, grams text[] NOT NULL);
ALTER TABLE capacity_resourceword ENABLE ROW LEVEL SECURITY;
ALTER TABLE capacity_resourceword FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON capacity_resourceword TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY blind_keeps ON capacity_resourceword TO {blind} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON capacity_resourceword TO {blind};
CREATE INDEX resourceword_grams ON capacity_resourceword USING gin (grams) WITH (fastupdate = off);
CREATE FUNCTION hueandcry_grams(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT DISTINCT substr('  ' || word || ' ', n, 3) FROM generate_series(1, length(word) + 1) n ORDER BY 1) $$;
CREATE FUNCTION hueandcry_resource_words() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO capacity_resourceword (word, grams)
    SELECT w, hueandcry_grams(w) FROM (
        SELECT DISTINCT unnest(tsvector_to_array(to_tsvector('simple', hueandcry_folded(title || ' ' || provider)))) AS w FROM changed) every
    WHERE length(w) BETWEEN 4 AND 40 AND w !~ '[0-9]' ORDER BY w ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER resource_words AFTER INSERT ON capacity_resource REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION hueandcry_resource_words();
CREATE TRIGGER resource_words_changed AFTER UPDATE ON capacity_resource REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION hueandcry_resource_words();

-- A query of words that are spelt nearly as those asked for (Jaccard index of trigrams of at least 0.35; the nearest three of each).
CREATE FUNCTION hueandcry_resource_near(wanted text) RETURNS tsquery
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH asked AS (SELECT DISTINCT w, hueandcry_grams(w) AS g FROM unnest(tsvector_to_array(to_tsvector('simple', hueandcry_folded(wanted)))) w
        WHERE length(w) >= 4 LIMIT 6),
    near AS (SELECT asked.w, n.word FROM asked CROSS JOIN LATERAL (
        SELECT v.word, s.both::float / (cardinality(v.grams) + cardinality(asked.g) - s.both) AS alike FROM capacity_resourceword v
            CROSS JOIN LATERAL (SELECT count(*) AS both FROM unnest(v.grams) one WHERE one = ANY (asked.g)) s
        WHERE v.grams && asked.g AND cardinality(v.grams) BETWEEN cardinality(asked.g) * 0.35 AND cardinality(asked.g) / 0.35
        ORDER BY 2 DESC, 1 LIMIT 3) n WHERE n.alike >= 0.35)
    SELECT coalesce(string_agg('(' || one || ')', ' & '), '')::tsquery FROM (
        SELECT string_agg(quote_literal(word), ' | ' ORDER BY word) AS one FROM near GROUP BY w) every $$;

-- What fits, as far as the viewer may see it: how many (at most ``most_counted`` are looked at, half of it where no word is
-- asked for); by title, provider and how lately they were confirmed the first 2,000, of which facets are counted, and the first
-- 600, of which the best by all of their text are given. Under row-level security full text and arrays would lose their indexes.
CREATE FUNCTION hueandcry_resources(words text, facets jsonb, most integer, most_counted integer, near boolean)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET jit = off SET enable_seqscan = off AS $$
DECLARE
    asked tsquery := CASE WHEN words = '' THEN NULL WHEN near THEN hueandcry_resource_near(words) ELSE hueandcry_resource_query(words) END;
    said text := 'r.audience = ANY ($1)';
    found jsonb;
BEGIN
    IF words <> '' AND numnode(asked) = 0 THEN
        RETURN '{"count": 0, "capped": false, "found": [], "facets": {}}';
    END IF;
    IF asked IS NOT NULL THEN said := said || ' AND r.document @@ $2'; END IF;
    IF facets ? 'kind' THEN said := said || ' AND r.kind = ANY (ARRAY(SELECT jsonb_array_elements_text($3->''kind'')))'; END IF;
    IF facets ? 'state' THEN said := said || ' AND r.state = ANY (ARRAY(SELECT jsonb_array_elements_text($3->''state'')))';
    ELSE said := said || ' AND r.state IN (''review'', ''listed'', ''fading'')'; END IF;
    IF facets ? 'cost' THEN said := said || ' AND r.cost = ANY (ARRAY(SELECT jsonb_array_elements_text($3->''cost'')))'; END IF;
    IF facets ? 'country' THEN said := said || ' AND (r.countries && ARRAY(SELECT jsonb_array_elements_text($3->''country''))::varchar[] OR r.everywhere)'; END IF;
    IF facets ? 'language' THEN said := said || ' AND r.languages && ARRAY(SELECT jsonb_array_elements_text($3->''language''))'; END IF;
    IF facets ? 'aspect' THEN said := said || ' AND r.aspects && ARRAY(SELECT jsonb_array_elements_text($3->''aspect''))'; END IF;
    IF facets ? 'not_kind' THEN said := said || ' AND r.kind <> ALL (ARRAY(SELECT jsonb_array_elements_text($3->''not_kind'')))'; END IF;
    EXECUTE format($query$
        WITH every AS MATERIALIZED (
            SELECT r.id, %4$s AS head, coalesce(r.confirmed_at, r.created_at) AS latest FROM capacity_resource r
            WHERE %2$s %3$s LIMIT $5),
        fits AS MATERIALIZED (
            SELECT r.id, r.kind, r.state, r.cost, r.countries, r.everywhere, r.languages
            FROM (SELECT id FROM every ORDER BY head DESC, latest DESC, id DESC LIMIT 2000) near JOIN capacity_resource r ON r.id = near.id),
        best AS (SELECT r.id, %1$s AS rank
            FROM (SELECT id, latest FROM every ORDER BY head DESC, latest DESC, id DESC LIMIT 600) near JOIN capacity_resource r ON r.id = near.id
            ORDER BY rank DESC, near.latest DESC, r.id DESC LIMIT $4)
        SELECT jsonb_build_object(
            'count', (SELECT count(*) FROM every), 'capped', (SELECT count(*) FROM every) >= $5,
            'found', (SELECT coalesce(jsonb_agg(jsonb_build_array(id, rank) ORDER BY rank DESC, id DESC), '[]') FROM best),
            'facets', (SELECT coalesce(jsonb_object_agg(facet, told), '{}') FROM (
                SELECT facet, jsonb_object_agg(value, n) AS told FROM (
                    SELECT 'kind' AS facet, kind AS value, count(*) AS n FROM fits GROUP BY kind
                    UNION ALL SELECT 'state', state, count(*) FROM fits GROUP BY state
                    UNION ALL SELECT 'cost', cost, count(*) FROM fits GROUP BY cost
                    UNION ALL SELECT 'everywhere', 'yes', count(*) FROM fits WHERE everywhere HAVING count(*) > 0
                    UNION ALL SELECT 'language', l, count(*) FROM fits, unnest(languages) l GROUP BY l
                    UNION ALL SELECT 'country', c, count(*) FROM fits, unnest(countries) c GROUP BY c) every GROUP BY facet) f))
        $query$,
        CASE WHEN asked IS NULL THEN '1::real' ELSE 'ts_rank(r.document, $2, 1)' END, said,
        CASE WHEN asked IS NULL THEN 'ORDER BY coalesce(r.confirmed_at, r.created_at) DESC, r.id DESC' ELSE '' END,
        CASE WHEN asked IS NULL THEN '1::real' ELSE 'ts_rank(r.heading, $2)' END)
    INTO found USING hueandcry_audiences(), asked, facets, most, CASE WHEN asked IS NULL THEN most_counted / 2 ELSE most_counted END;
    RETURN found;
END $$;

-- Which listed resources reach a country for these aspects: at most ``most`` for each aspect, the last confirmed first.
CREATE FUNCTION hueandcry_resources_for(land text, wanted text[], most integer) RETURNS TABLE (resource bigint, aspect text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET jit = off AS $$
    SELECT id, aspect FROM (
        SELECT r.id, a.aspect, row_number() OVER (
            PARTITION BY a.aspect ORDER BY coalesce(r.confirmed_at, r.created_at) DESC, r.id DESC) AS place
        FROM capacity_resource r CROSS JOIN LATERAL unnest(r.aspects) AS a (aspect)
        WHERE (r.everywhere OR r.countries @> ARRAY[land]::varchar[]) AND r.aspects && wanted AND a.aspect = ANY (wanted)
            AND r.audience = ANY (hueandcry_audiences()) AND r.state IN ('listed', 'fading')
            AND (r.ends IS NULL OR r.ends >= current_date)) every
    WHERE place <= most ORDER BY aspect, place $$;

-- Rows that may be told twice: of the same identifier or title, or with its words in their title.
CREATE FUNCTION hueandcry_resources_alike(titles text[], identifiers text[], most integer) RETURNS TABLE (resource bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT b.id FROM unnest(titles, identifiers) AS t (title, identifier) CROSS JOIN LATERAL (
        (SELECT r.id FROM capacity_resource r WHERE t.identifier <> '' AND r.identifier = t.identifier
            AND r.audience = ANY (hueandcry_audiences()) AND r.state <> 'withdrawn' LIMIT most)
        UNION (SELECT r.id FROM capacity_resource r WHERE hueandcry_folded(left(r.title, 300)) = hueandcry_folded(left(t.title, 300))
            AND r.audience = ANY (hueandcry_audiences()) AND r.state <> 'withdrawn' LIMIT most)
        UNION (SELECT r.id FROM capacity_resource r, (SELECT ts_delete(to_tsvector('simple', hueandcry_folded(t.title)), '') AS v) d
            WHERE length(d.v) > 1 AND r.document @@ (SELECT string_agg(quote_literal(w), ' & ')::tsquery FROM (
                SELECT w FROM unnest(tsvector_to_array(d.v)) w ORDER BY length(w) DESC, w LIMIT 2) two)
            AND r.audience = ANY (hueandcry_audiences()) AND r.state <> 'withdrawn' LIMIT most)) b $$;

-- What was shown, and asked for; only of what the viewer may see, and no more than once a page.
CREATE POLICY blind_counts ON capacity_resourceshown TO {blind} USING (true) WITH CHECK (true);
GRANT INSERT, UPDATE ON capacity_resourceshown TO {blind};
CREATE FUNCTION hueandcry_resources_shown(wanted bigint[], propensities double precision[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    INSERT INTO capacity_resourceshown (resource_id, times, looks, asked)
    SELECT w.id, 1, least(greatest(w.p, 0), 1), 0 FROM unnest(wanted, propensities) AS w (id, p)
        JOIN capacity_resource r ON r.id = w.id AND r.audience = ANY (hueandcry_audiences()) ORDER BY w.id LIMIT 200
    ON CONFLICT (resource_id) DO UPDATE SET times = capacity_resourceshown.times + 1, looks = capacity_resourceshown.looks + excluded.looks $$;
CREATE FUNCTION hueandcry_resource_asked(wanted bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    INSERT INTO capacity_resourceshown (resource_id, times, looks, asked)
    SELECT r.id, 0, 0, 1 FROM capacity_resource r WHERE r.id = wanted AND r.audience = ANY (hueandcry_audiences())
    ON CONFLICT (resource_id) DO UPDATE SET asked = capacity_resourceshown.asked + 1 $$;

-- A confirmation makes a resource fresh: of what is listed or fading.
CREATE POLICY blind_lists ON capacity_resource FOR UPDATE TO {blind} USING (true);
GRANT UPDATE (state, listed_at, confirmed_at, reminded_at, changed_at) ON capacity_resource TO {blind};
CREATE POLICY blind_events ON capacity_resourceevent FOR INSERT TO {blind} WITH CHECK (true);
GRANT INSERT ON capacity_resourceevent TO {blind};
GRANT USAGE ON SEQUENCE capacity_resourceevent_id_seq TO {blind};
CREATE FUNCTION hueandcry_resource_confirmed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE capacity_resource SET confirmed_at = NEW.at, reminded_at = NULL,
        state = CASE WHEN state = 'fading' THEN 'listed' ELSE state END WHERE id = NEW.resource_id;
    RETURN NULL;
END $$;
CREATE TRIGGER resource_confirmed AFTER INSERT ON capacity_confirmation FOR EACH ROW EXECUTE FUNCTION hueandcry_resource_confirmed();

-- The calendar: a review that ended without an open objection lists; a year without confirmation fades; thirty days before, who
-- said so is reminded. Gives what became of what, and whom to tell.
CREATE FUNCTION hueandcry_resources_due(most integer, fades_after interval, reminds interval)
RETURNS TABLE (resource bigint, reference uuid, organisation bigint, person bigint, what text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY WITH due AS (
        SELECT r.id FROM capacity_resource r WHERE r.state = 'review' AND r.review_until <= now()
            AND NOT EXISTS (SELECT 1 FROM capacity_objection o WHERE o.resource_id = r.id AND o.upheld IS NULL)
        ORDER BY r.id LIMIT most FOR UPDATE SKIP LOCKED),
    done AS (UPDATE capacity_resource r SET state = 'listed', listed_at = now(), confirmed_at = coalesce(r.confirmed_at, r.created_at)
        FROM due WHERE r.id = due.id RETURNING r.id, r.reference, r.organisation, r.person),
    noted AS (INSERT INTO capacity_resourceevent (resource_id, kind, before) SELECT id, 'listed', '{}' FROM done)
    SELECT d.id, d.reference, d.organisation, d.person, 'listed'::text FROM done d;
    RETURN QUERY WITH due AS (
        SELECT r.id FROM capacity_resource r WHERE r.state = 'listed' AND r.confirmed_at < now() - fades_after
        ORDER BY r.id LIMIT most FOR UPDATE SKIP LOCKED),
    done AS (UPDATE capacity_resource r SET state = 'fading' FROM due WHERE r.id = due.id RETURNING r.id, r.reference, r.organisation, r.person),
    noted AS (INSERT INTO capacity_resourceevent (resource_id, kind, before) SELECT id, 'fading', '{}' FROM done)
    SELECT d.id, d.reference, d.organisation, d.person, 'fading'::text FROM done d;
    RETURN QUERY WITH due AS (
        SELECT r.id FROM capacity_resource r WHERE r.state = 'listed' AND r.reminded_at IS NULL
            AND r.confirmed_at < now() - fades_after + reminds
        ORDER BY r.id LIMIT most FOR UPDATE SKIP LOCKED)
    UPDATE capacity_resource r SET reminded_at = now() FROM due WHERE r.id = due.id
    RETURNING r.id, r.reference, r.organisation, r.person, 'fades soon'::text;
END $$;
-- Whose state the calendar changes next, without walking the register.
CREATE INDEX resource_reviewed ON capacity_resource (review_until) WHERE state = 'review';
CREATE INDEX resource_fades ON capacity_resource (confirmed_at) WHERE state = 'listed';
-- The principals of the alliance's office, for what is shown to it alone.
CREATE FUNCTION hueandcry_offices() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(principal_id ORDER BY principal_id), '{}') FROM members_organisation WHERE secretariat AND state = 'vetted' $$;
