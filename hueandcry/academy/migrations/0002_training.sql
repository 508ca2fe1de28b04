-- The table of moves (hueandcry/academy/life.py; a test compares them): everybody reads it, nobody changes it.
CREATE POLICY moverule_read ON academy_moverule FOR SELECT TO {app} USING (true);
REVOKE INSERT, UPDATE, DELETE ON academy_moverule FROM {app};
INSERT INTO academy_moverule (machine, before, after, who) SELECT m, b, a, w FROM (VALUES
    ('course', 'draft', 'published', 'provider'), ('course', 'published', 'retired', 'provider'), ('course', 'draft', 'retired', 'provider'),
    ('session', 'planned', 'open', 'provider'), ('session', 'open', 'held', 'provider'), ('session', 'planned', 'cancelled', 'provider'),
    ('session', 'open', 'cancelled', 'provider'),
    ('enrolment', 'asked', 'approved', 'home'), ('enrolment', 'asked', 'refused', 'home'), ('enrolment', 'approved', 'placed', 'home'),
    ('enrolment', 'approved', 'placed', 'provider'), ('enrolment', 'approved', 'waiting', 'home'), ('enrolment', 'approved', 'waiting', 'provider'),
    ('enrolment', 'waiting', 'placed', 'provider'), ('enrolment', 'placed', 'attended', 'provider'), ('enrolment', 'placed', 'absent', 'provider'),
    ('enrolment', 'asked', 'withdrawn', 'person'), ('enrolment', 'waiting', 'withdrawn', 'person'), ('enrolment', 'waiting', 'withdrawn', 'home'),
    ('enrolment', 'placed', 'withdrawn', 'person'), ('enrolment', 'placed', 'withdrawn', 'home'),
    ('enrolment', 'approved', 'withdrawn', 'person'), ('enrolment', 'approved', 'withdrawn', 'home'),
    ('accreditation', 'draft', 'applied', 'applicant'), ('accreditation', 'draft', 'abandoned', 'applicant'),
    ('accreditation', 'applied', 'abandoned', 'applicant'), ('accreditation', 'applied', 'review', 'office'),
    ('accreditation', 'review', 'corrective', 'assessor'), ('accreditation', 'corrective', 'review', 'applicant'),
    ('accreditation', 'review', 'abandoned', 'applicant'), ('accreditation', 'corrective', 'abandoned', 'applicant'),
    ('accreditation', 'review', 'decision', 'assessor'), ('accreditation', 'decision', 'accredited', 'panel'),
    ('accreditation', 'decision', 'refused', 'panel'), ('accreditation', 'refused', 'appealed', 'applicant'),
    ('accreditation', 'appealed', 'accredited', 'appeal'), ('accreditation', 'appealed', 'upheld', 'appeal'),
    ('accreditation', 'accredited', 'suspended', 'panel'), ('accreditation', 'accredited', 'suspended', 'office'),
    ('accreditation', 'suspended', 'accredited', 'panel'), ('accreditation', 'accredited', 'withdrawn', 'panel'),
    ('accreditation', 'suspended', 'withdrawn', 'panel'), ('accreditation', 'accredited', 'expired', 'office'),
    ('accreditation', 'suspended', 'expired', 'office'),
    ('candidacy', 'applied', 'eligible', 'body'), ('candidacy', 'applied', 'ineligible', 'body'), ('candidacy', 'applied', 'left', 'candidate'),
    ('candidacy', 'eligible', 'left', 'candidate'), ('candidacy', 'eligible', 'sitting', 'body'), ('candidacy', 'sitting', 'examined', 'candidate'),
    ('candidacy', 'sitting', 'examined', 'body'), ('candidacy', 'examined', 'marked', 'marker'), ('candidacy', 'marked', 'certified', 'decider'),
    ('candidacy', 'marked', 'refused', 'decider'), ('candidacy', 'refused', 'appealed', 'candidate'), ('candidacy', 'appealed', 'certified', 'appeal'),
    ('candidacy', 'appealed', 'upheld', 'appeal'), ('candidacy', 'appealed', 'eligible', 'appeal'),
    ('certificate', 'valid', 'suspended', 'decider'), ('certificate', 'suspended', 'valid', 'decider'), ('certificate', 'valid', 'withdrawn', 'decider'),
    ('certificate', 'suspended', 'withdrawn', 'decider'), ('certificate', 'valid', 'expired', 'body'), ('certificate', 'suspended', 'expired', 'body'),
    ('certificate', 'withdrawn', 'valid', 'appeal')) rules(m, b, a, w);

-- What was moved, by whom: the triggers write it.
CREATE POLICY move_blind ON academy_move FOR INSERT TO {blind} WITH CHECK (true);
GRANT INSERT ON academy_move TO {blind};
CREATE POLICY move_read ON academy_move FOR SELECT TO {app} USING (
    (machine = 'accreditation' AND EXISTS (SELECT 1 FROM academy_accreditation t WHERE t.id = thing))
    OR (machine = 'candidacy' AND EXISTS (SELECT 1 FROM academy_candidacy t WHERE t.id = thing))
    OR (machine = 'certificate' AND EXISTS (SELECT 1 FROM academy_certificate t WHERE t.id = thing))
    OR (machine = 'enrolment' AND EXISTS (SELECT 1 FROM academy_enrolment t WHERE t.id = thing))
    OR (machine = 'course' AND EXISTS (SELECT 1 FROM academy_course t WHERE t.id = thing))
    OR (machine = 'session' AND EXISTS (SELECT 1 FROM academy_session t WHERE t.id = thing)));
REVOKE INSERT, UPDATE, DELETE ON academy_move FROM {app};

CREATE FUNCTION hueandcry_refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN RAISE insufficient_privilege USING MESSAGE = why; END $$;
-- The one gate of every move.
CREATE FUNCTION hueandcry_academy_move(kind text, key bigint, was text, becomes text, is_who text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM academy_moverule r WHERE r.machine = kind AND r.before = was AND r.after = becomes) THEN
        PERFORM hueandcry_refuse(format('There is no way from %s to %s.', was, becomes));
    END IF;
    IF NOT EXISTS (SELECT 1 FROM academy_moverule r WHERE r.machine = kind AND r.before = was AND r.after = becomes AND r.who = ANY (is_who)) THEN
        PERFORM hueandcry_refuse(format('From %s to %s is for others to decide: %s.', was, becomes, (SELECT string_agg(r.who, ', ' ORDER BY r.who)
            FROM academy_moverule r WHERE r.machine = kind AND r.before = was AND r.after = becomes)));
    END IF;
    INSERT INTO academy_move (machine, thing, before, after, person, at) VALUES (kind, key, was, becomes, hueandcry_person(), now());
END $$;
-- Whether two rows differ in anything but these columns.
CREATE FUNCTION hueandcry_differs(was jsonb, becomes jsonb, but text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (was - but) <> (becomes - but) $$;
CREATE FUNCTION hueandcry_member() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT 2 = ANY (hueandcry_principals()) AND hueandcry_person() IS NOT NULL $$;

-- Who has taught a person: those whom they may not mark, and for whom they may not decide.
CREATE FUNCTION hueandcry_trainers_of(learner bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(DISTINCT t), '{}') FROM academy_enrolment e JOIN academy_session s ON s.id = e.session_id, unnest(s.trainers) t
    WHERE e.person = learner AND (e.state IN ('placed', 'attended', 'absent')
        -- who takes back a place once the session has begun was taught
        OR (e.state = 'withdrawn' AND EXISTS (SELECT 1 FROM academy_move m WHERE m.machine = 'enrolment' AND m.thing = e.id
            AND m.before = 'placed' AND m.after = 'withdrawn' AND m.at::date >= s.starts))) $$;
CREATE FUNCTION hueandcry_markers_of(wanted bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(DISTINCT m.marker), '{}') FROM academy_mark m WHERE m.candidacy = wanted $$;
CREATE FUNCTION hueandcry_accredited(provider bigint, wanted_scheme text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM academy_accreditation a WHERE a.kind = 'provider' AND a.organisation = provider AND a.state = 'accredited'
        AND wanted_scheme = ANY (a.scope) AND current_date >= a.valid_from AND current_date < a.valid_until) $$;
CREATE FUNCTION hueandcry_accredited_examiner(who bigint, wanted_scheme text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM academy_accreditation a WHERE a.kind = 'examiner' AND a.examiner = who AND a.state = 'accredited'
        AND wanted_scheme = ANY (a.scope) AND current_date >= a.valid_from AND current_date < a.valid_until) $$;

-- Courses: a draft is its provider's; published it does not change.
CREATE POLICY course_read ON academy_course FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY course_insert ON academy_course FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND state = 'draft' AND (SELECT hueandcry_member())
    AND audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND (SELECT hueandcry_holds('{trainer}')));
CREATE POLICY course_update ON academy_course FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND state <> 'retired' AND (SELECT hueandcry_holds('{trainer}')))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND audience = ANY ((SELECT hueandcry_audiences())::integer[]));
REVOKE DELETE ON academy_course FROM {app};
CREATE FUNCTION hueandcry_course_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.state <> NEW.state THEN
        PERFORM hueandcry_academy_move('course', OLD.id, OLD.state, NEW.state,
            CASE WHEN OLD.organisation = hueandcry_organisation() AND hueandcry_holds('{trainer}') THEN ARRAY['provider'] ELSE '{}' END);
        IF NEW.state = 'published' AND (NEW.teaches = '{}' OR NEW.outcomes = '' OR NEW.assessment = '' OR NEW.languages = '{}') THEN
            PERFORM hueandcry_refuse('A course is published when it says what it teaches, in which languages, with which outcomes and how they are assessed.');
        END IF;
    END IF;
    IF OLD.state <> 'draft' AND hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{state,audience,published_at}') THEN
        PERFORM hueandcry_refuse('A published course does not change: make a new version.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER course_moves BEFORE UPDATE ON academy_course FOR EACH ROW EXECUTE FUNCTION hueandcry_course_moves();

CREATE POLICY session_read ON academy_session FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY session_insert ON academy_session FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND state = 'planned' AND (SELECT hueandcry_holds('{trainer}'))
    AND EXISTS (SELECT 1 FROM academy_course c WHERE c.id = course_id AND c.organisation = academy_session.organisation
        AND c.state = 'published' AND c.audience = academy_session.audience));
CREATE POLICY session_update ON academy_session FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{trainer}')))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()));
REVOKE UPDATE, DELETE ON academy_session FROM {app};
GRANT UPDATE (state, starts, ends, country, place, language, places, cost, currency, trainers) ON academy_session TO {app};
CREATE FUNCTION hueandcry_session_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.state <> NEW.state THEN
        PERFORM hueandcry_academy_move('session', OLD.id, OLD.state, NEW.state,
            CASE WHEN OLD.organisation = hueandcry_organisation() AND hueandcry_holds('{trainer}') THEN ARRAY['provider'] ELSE '{}' END);
        IF NEW.state = 'held' AND (NEW.trainers = '{}' OR NEW.starts > current_date) THEN
            PERFORM hueandcry_refuse('A session was held when it has begun and says who taught it.');
        END IF;
    END IF;
    -- who taught is what keeps trainer and examiner apart: nobody is taken out once somebody has a place
    IF NOT OLD.trainers <@ NEW.trainers AND EXISTS (SELECT 1 FROM academy_enrolment e WHERE e.session_id = OLD.id
            AND e.state IN ('placed', 'attended', 'absent')) THEN
        PERFORM hueandcry_refuse('Who teaches people that have a place is not taken out again.');
    END IF;
    IF OLD.state IN ('held', 'cancelled') AND hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{}') THEN
        PERFORM hueandcry_refuse('A session that is over does not change.');
    END IF;
    IF NEW.places < (SELECT count(*) FROM academy_enrolment e WHERE e.session_id = OLD.id AND e.state IN ('placed', 'attended', 'absent')) THEN
        PERFORM hueandcry_refuse('More people have a place already.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER session_moves BEFORE UPDATE ON academy_session FOR EACH ROW EXECUTE FUNCTION hueandcry_session_moves();

CREATE POLICY enrolment_read ON academy_enrolment FOR SELECT TO {app} USING (person = (SELECT hueandcry_person())
    OR (organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{officer,administrator}')))
    OR (provider = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{trainer}'))));
CREATE POLICY enrolment_insert ON academy_enrolment FOR INSERT TO {app} WITH CHECK (
    person = (SELECT hueandcry_person()) AND organisation = (SELECT hueandcry_organisation()) AND state = 'asked' AND (SELECT hueandcry_member())
    AND approved_at IS NULL AND EXISTS (SELECT 1 FROM academy_session s WHERE s.id = session_id AND s.state = 'open' AND s.organisation = provider
        AND NOT academy_enrolment.person = ANY (s.trainers)));
CREATE POLICY enrolment_update ON academy_enrolment FOR UPDATE TO {app} USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE ON academy_enrolment FROM {app};
GRANT UPDATE (state, reason, approved_at) ON academy_enrolment TO {app};
CREATE FUNCTION hueandcry_enrolment_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    is_who text[] := '{}'; held academy_session;
BEGIN
    IF OLD.person = hueandcry_person() THEN is_who := is_who || 'person'::text; END IF;
    -- nobody approves their own
    IF OLD.organisation = hueandcry_organisation() AND OLD.person <> hueandcry_person() AND hueandcry_holds('{officer,administrator}') THEN
        is_who := is_who || 'home'::text; END IF;
    IF OLD.provider = hueandcry_organisation() AND hueandcry_holds('{trainer}') AND OLD.person <> hueandcry_person() THEN
        is_who := is_who || 'provider'::text; END IF;
    IF OLD.state = NEW.state THEN
        IF is_who = '{}' THEN PERFORM hueandcry_refuse('It is somebody else''s.'); END IF;
        RETURN NEW;
    END IF;
    PERFORM hueandcry_academy_move('enrolment', OLD.id, OLD.state, NEW.state, is_who);
    PERFORM pg_advisory_xact_lock(hashtextextended('academy session ' || OLD.session_id, 0));
    SELECT * INTO held FROM academy_session s WHERE s.id = OLD.session_id;
    IF NEW.state = 'placed' AND (SELECT count(*) FROM academy_enrolment e WHERE e.session_id = OLD.session_id
            AND e.state IN ('placed', 'attended', 'absent')) >= held.places THEN
        PERFORM hueandcry_refuse('All places are taken.');
    END IF;
    IF NEW.state IN ('attended', 'absent') AND held.state <> 'held' THEN
        PERFORM hueandcry_refuse('Who was there is said once the session was held.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enrolment_moves BEFORE UPDATE ON academy_enrolment FOR EACH ROW EXECUTE FUNCTION hueandcry_enrolment_moves();
-- How full a session is: numbers, not people.
CREATE FUNCTION hueandcry_session_full(wanted bigint[]) RETURNS TABLE (session_id bigint, placed bigint, waiting bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT e.session_id, count(*) FILTER (WHERE e.state IN ('placed', 'attended', 'absent')), count(*) FILTER (WHERE e.state = 'waiting')
    FROM academy_enrolment e JOIN academy_session s ON s.id = e.session_id AND s.audience = ANY (hueandcry_audiences())
    WHERE e.session_id = ANY (wanted) GROUP BY 1 $$;

-- What they thought and learnt: who took part; what they do differently and what it changed: months later, by them or their agency.
CREATE POLICY evaluation_read ON academy_evaluation FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM academy_enrolment e WHERE e.id = enrolment_id));
CREATE POLICY evaluation_insert ON academy_evaluation FOR INSERT TO {app} WITH CHECK (person = (SELECT hueandcry_person()) AND EXISTS (
    SELECT 1 FROM academy_enrolment e JOIN academy_session s ON s.id = e.session_id WHERE e.id = enrolment_id AND e.state = 'attended'
        AND (level <= 2 OR s.ends <= current_date - 60)
        AND (e.person = academy_evaluation.person OR (level >= 3 AND e.organisation = (SELECT hueandcry_organisation())))));
REVOKE UPDATE, DELETE ON academy_evaluation FROM {app};

-- Accreditation: the applicant, the office and those who have a part in it see it; once decided everybody sees that it is.
CREATE FUNCTION hueandcry_parts_of(wanted bigint, who bigint) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(p.kind), '{}') FROM academy_part p WHERE p.accreditation_id = wanted AND p.person = who AND p.no_conflict $$;
CREATE FUNCTION hueandcry_asked_to_assess(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM academy_part p WHERE p.accreditation_id = wanted AND p.person = hueandcry_person()) $$;
CREATE POLICY accreditation_read ON academy_accreditation FOR SELECT TO {app} USING (
    (organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{trainer,administrator,officer,examiner}')))
    OR (state <> 'draft' AND (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary}')))
    OR hueandcry_asked_to_assess(id));
CREATE POLICY accreditation_insert ON academy_accreditation FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND state = 'draft' AND (SELECT hueandcry_member())
    AND (SELECT hueandcry_holds('{trainer,administrator,officer}')) AND valid_from IS NULL AND index IS NULL
    AND country = (SELECT o.country FROM members_organisation o WHERE o.id = organisation));
CREATE POLICY accreditation_update ON academy_accreditation FOR UPDATE TO {app} USING (true) WITH CHECK (true);
REVOKE DELETE ON academy_accreditation FROM {app};
CREATE FUNCTION hueandcry_accreditation_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    is_who text[] := hueandcry_parts_of(OLD.id, hueandcry_person()); applicant boolean;
BEGIN
    applicant := OLD.organisation = hueandcry_organisation() AND hueandcry_holds('{trainer,administrator,officer}');
    IF applicant THEN is_who := ARRAY['applicant']; END IF; -- and nothing else, whatever part they were given
    IF NOT applicant AND hueandcry_secretariat() AND hueandcry_holds('{secretary}') THEN is_who := is_who || 'office'::text; END IF;
    IF OLD.state = NEW.state THEN
        IF NOT (applicant AND OLD.state IN ('draft', 'corrective')) OR hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{answers,scope,course,examiner}')
            OR (OLD.state = 'corrective' AND hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{answers}')) THEN
            PERFORM hueandcry_refuse('An application changes as a draft, and its answers while they are corrected.');
        END IF;
        RETURN NEW;
    END IF;
    PERFORM hueandcry_academy_move('accreditation', OLD.id, OLD.state, NEW.state, is_who);
    IF hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{state,reason,appeal,valid_from,valid_until,index}')
        OR (NEW.state NOT IN ('accredited') AND (OLD.valid_from, OLD.valid_until, OLD.index) IS DISTINCT FROM (NEW.valid_from, NEW.valid_until, NEW.index))
        OR (NEW.state <> 'appealed' AND OLD.appeal <> NEW.appeal) THEN
        PERFORM hueandcry_refuse('A move changes the state and what belongs to it alone.');
    END IF;
    IF NEW.state = 'applied' AND (NEW.scope = '{}' OR NEW.answers = '{}' OR (NEW.kind = 'course' AND NEW.course IS NULL)
            OR (NEW.kind = 'examiner' AND NEW.examiner IS NULL)) THEN
        PERFORM hueandcry_refuse('An application says for what it is, and how each requirement is met.');
    ELSIF NEW.state = 'review' AND OLD.state = 'applied' AND (SELECT count(DISTINCT p.organisation) FROM academy_part p
            WHERE p.accreditation_id = OLD.id AND p.kind = 'assessor' AND p.no_conflict) < 2 THEN
        PERFORM hueandcry_refuse('Two assessors of different organisations have to have declared that they have no conflict of interest.');
    ELSIF NEW.state = 'corrective' AND NOT EXISTS (SELECT 1 FROM academy_finding f WHERE f.accreditation_id = OLD.id AND f.closed_at IS NULL) THEN
        PERFORM hueandcry_refuse('There is no open finding to correct.');
    ELSIF NEW.state = 'review' AND OLD.state = 'corrective' AND EXISTS (SELECT 1 FROM academy_finding f WHERE f.accreditation_id = OLD.id
            AND f.closed_at IS NULL AND f.answered_at IS NULL) THEN
        PERFORM hueandcry_refuse('A finding has no answer yet.');
    ELSIF NEW.state = 'decision' THEN
        IF EXISTS (SELECT 1 FROM academy_finding f WHERE f.accreditation_id = OLD.id AND f.closed_at IS NULL) THEN
            PERFORM hueandcry_refuse('A finding is still open.');
        END IF;
        IF NOT EXISTS (SELECT 1 FROM academy_visit v WHERE v.accreditation_id = OLD.id AND v.how = 'documents')
            OR NOT EXISTS (SELECT 1 FROM academy_visit v WHERE v.accreditation_id = OLD.id AND v.how <> 'documents') THEN
            PERFORM hueandcry_refuse('Documents and a visit or an observation have to be on record.');
        END IF;
    ELSIF NEW.state IN ('accredited', 'refused', 'upheld', 'suspended', 'withdrawn') AND btrim(NEW.reason) = '' THEN
        PERFORM hueandcry_refuse('A decision gives its reason.');
    ELSIF NEW.state = 'appealed' AND btrim(NEW.appeal) = '' THEN
        PERFORM hueandcry_refuse('An appeal says why.');
    ELSIF NEW.state = 'expired' AND OLD.valid_until > current_date THEN
        PERFORM hueandcry_refuse('It has not ended yet.');
    END IF;
    IF NEW.state = 'accredited' THEN
        IF OLD.state = 'suspended' AND (OLD.valid_from, OLD.valid_until, OLD.index) IS DISTINCT FROM (NEW.valid_from, NEW.valid_until, NEW.index) THEN
            PERFORM hueandcry_refuse('Lifting a suspension does not lengthen it.');
        END IF;
        IF NEW.valid_from IS NULL OR NEW.valid_until IS NULL OR NEW.index IS NULL OR NEW.valid_until > NEW.valid_from + 1827
            OR NEW.valid_until <= NEW.valid_from OR (OLD.state <> 'suspended' AND NEW.valid_from <> current_date) THEN
            PERFORM hueandcry_refuse('Accreditation begins today and holds five years at most.');
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accreditation_moves BEFORE UPDATE ON academy_accreditation FOR EACH ROW EXECUTE FUNCTION hueandcry_accreditation_moves();
-- What everybody may know of accreditations: who is accredited for what.
CREATE FUNCTION hueandcry_accreditations() RETURNS TABLE (reference uuid, kind text, state text, organisation bigint, country text, course bigint,
    scope text[], valid_from date, valid_until date, looked_at date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT a.reference, a.kind, a.state, a.organisation, a.country, a.course, a.scope, a.valid_from, a.valid_until,
        (SELECT max(v.day) FROM academy_visit v WHERE v.accreditation_id = a.id) FROM academy_accreditation a
    WHERE a.state IN ('accredited', 'suspended', 'withdrawn', 'expired') AND a.kind <> 'examiner' ORDER BY a.valid_from DESC, a.id DESC $$;

-- Parts: the office asks; they are of another organisation and another country than the applicant; they themselves declare.
CREATE POLICY part_read ON academy_part FOR SELECT TO {app} USING (person = (SELECT hueandcry_person())
    OR EXISTS (SELECT 1 FROM academy_accreditation a WHERE a.id = accreditation_id));
CREATE POLICY part_insert ON academy_part FOR INSERT TO {app} WITH CHECK (
    asked_by = (SELECT hueandcry_person()) AND (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary}')) AND no_conflict IS NULL);
CREATE POLICY part_declare ON academy_part FOR UPDATE TO {app} USING (person = (SELECT hueandcry_person()) AND no_conflict IS NULL)
    WITH CHECK (person = (SELECT hueandcry_person()) AND no_conflict IS NOT NULL);
REVOKE UPDATE, DELETE ON academy_part FROM {app};
GRANT UPDATE (no_conflict, conflict) ON academy_part TO {app};
CREATE FUNCTION hueandcry_part_guarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    asked academy_accreditation; body members_organisation; somebody members_person;
BEGIN
    SELECT * INTO asked FROM academy_accreditation a WHERE a.id = NEW.accreditation_id;
    SELECT * INTO somebody FROM members_person p WHERE p.id = NEW.person;
    SELECT * INTO body FROM members_organisation o WHERE o.id = somebody.organisation_id;
    IF body.id IS NULL OR NEW.organisation <> body.id OR NEW.country <> body.country OR NOT 'assessor' = ANY (somebody.roles) OR body.state <> 'vetted' THEN
        PERFORM hueandcry_refuse('Who assesses or decides is an assessor of a member in good standing.');
    END IF;
    IF body.id = asked.organisation OR body.country = asked.country THEN
        PERFORM hueandcry_refuse('Who assesses or decides comes from another country than the applicant.');
    END IF;
    IF NEW.person = asked.examiner THEN PERFORM hueandcry_refuse('Nobody assesses themselves.'); END IF;
    IF (NEW.kind = 'assessor' AND asked.state <> 'applied' AND asked.state <> 'review') OR (NEW.kind = 'appeal' AND asked.state <> 'appealed')
        OR asked.state IN ('draft', 'abandoned') THEN
        PERFORM hueandcry_refuse('Nobody is asked for that part now.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER part_guarded BEFORE INSERT ON academy_part FOR EACH ROW EXECUTE FUNCTION hueandcry_part_guarded();

CREATE POLICY visit_read ON academy_visit FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM academy_accreditation a WHERE a.id = accreditation_id));
CREATE POLICY visit_insert ON academy_visit FOR INSERT TO {app} WITH CHECK (person = (SELECT hueandcry_person()) AND day <= current_date
    AND 'assessor' = ANY (hueandcry_parts_of(accreditation_id, person))
    -- surveillance goes on once it is accredited
    AND EXISTS (SELECT 1 FROM academy_accreditation a WHERE a.id = accreditation_id AND a.state IN ('review', 'accredited', 'suspended')));
REVOKE UPDATE, DELETE ON academy_visit FROM {app};
CREATE POLICY finding_read ON academy_finding FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM academy_accreditation a WHERE a.id = accreditation_id));
CREATE POLICY finding_insert ON academy_finding FOR INSERT TO {app} WITH CHECK (person = (SELECT hueandcry_person()) AND closed_at IS NULL
    AND answered_at IS NULL AND closed_by IS NULL AND 'assessor' = ANY (hueandcry_parts_of(accreditation_id, person))
    AND EXISTS (SELECT 1 FROM academy_accreditation a WHERE a.id = accreditation_id AND a.state = 'review'));
CREATE POLICY finding_update ON academy_finding FOR UPDATE TO {app} USING (closed_at IS NULL) WITH CHECK (true);
REVOKE UPDATE, DELETE ON academy_finding FROM {app};
GRANT UPDATE (answer, answered_at, closed_by, closed_at) ON academy_finding TO {app};
CREATE FUNCTION hueandcry_finding_guarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    asked academy_accreditation;
BEGIN
    SELECT * INTO asked FROM academy_accreditation a WHERE a.id = OLD.accreditation_id;
    IF (OLD.answer, OLD.answered_at) IS DISTINCT FROM (NEW.answer, NEW.answered_at) AND NOT (asked.state = 'corrective'
            AND asked.organisation = hueandcry_organisation() AND hueandcry_holds('{trainer,administrator,officer}') AND btrim(NEW.answer) <> '') THEN
        PERFORM hueandcry_refuse('The applicant answers findings, while they are corrected.');
    END IF;
    IF (OLD.closed_by, OLD.closed_at) IS DISTINCT FROM (NEW.closed_by, NEW.closed_at) AND NOT (asked.state = 'review' AND OLD.answered_at IS NOT NULL
            AND NEW.closed_by = hueandcry_person() AND NEW.closed_at IS NOT NULL AND 'assessor' = ANY (hueandcry_parts_of(asked.id, NEW.closed_by))) THEN
        PERFORM hueandcry_refuse('An assessor closes a finding that has been answered.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finding_guarded BEFORE UPDATE ON academy_finding FOR EACH ROW EXECUTE FUNCTION hueandcry_finding_guarded();

-- Schemes are the alliance's: its office writes them, and they do not change.
CREATE POLICY scheme_read ON academy_scheme FOR SELECT TO {app} USING (true);
CREATE POLICY scheme_insert ON academy_scheme FOR INSERT TO {app} WITH CHECK (organisation = (SELECT hueandcry_organisation())
    AND person = (SELECT hueandcry_person()) AND (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary}'))
    AND (SELECT sum(value::integer) FROM jsonb_each_text(blueprint)) = 100);
CREATE POLICY scheme_retire ON academy_scheme FOR UPDATE TO {app} USING ((SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary}')))
    WITH CHECK (retired_at IS NOT NULL);
REVOKE UPDATE, DELETE ON academy_scheme FROM {app};
GRANT UPDATE (retired_at) ON academy_scheme TO {app};

-- The bank of a body: its examiners'. Written by one, made ready by another.
CREATE POLICY question_read ON academy_question FOR SELECT TO {app} USING (
    body = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{examiner}')));
CREATE POLICY question_insert ON academy_question FOR INSERT TO {app} WITH CHECK (body = (SELECT hueandcry_organisation())
    AND author = (SELECT hueandcry_person()) AND state = 'draft' AND reviewer IS NULL AND (SELECT hueandcry_holds('{examiner}')));
CREATE POLICY question_update ON academy_question FOR UPDATE TO {app} USING (
    body = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{examiner}'))) WITH CHECK (body = (SELECT hueandcry_organisation()));
REVOKE DELETE ON academy_question FROM {app};
CREATE FUNCTION hueandcry_question_guarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' AND NEW.state = 'ready' AND (NEW.reviewer IS DISTINCT FROM hueandcry_person() OR NEW.reviewer = OLD.author) THEN
        PERFORM hueandcry_refuse('Somebody else than its author makes a question ready.');
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('draft', 'draft'), ('draft', 'ready'), ('draft', 'retired'), ('ready', 'retired')) THEN
        PERFORM hueandcry_refuse(format('A question does not go from %s to %s.', OLD.state, NEW.state));
    END IF;
    IF hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), CASE WHEN OLD.state = 'draft' AND NEW.state = 'draft'
            THEN '{text,options,key,guide,points,competence,kind}'::text[] ELSE '{state,reviewer}'::text[] END) THEN
        PERFORM hueandcry_refuse('A question that is ready does not change: retire it and write another.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER question_guarded BEFORE UPDATE ON academy_question FOR EACH ROW EXECUTE FUNCTION hueandcry_question_guarded();

-- A candidacy: the candidate's, and the body's examiners'; appealed or of a withdrawn certificate also the office's examiners'.
CREATE FUNCTION hueandcry_is_examiner_of(wanted_body bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT hueandcry_holds('{examiner}') AND (hueandcry_organisation() = wanted_body OR hueandcry_secretariat()) $$;
CREATE POLICY candidacy_read ON academy_candidacy FOR SELECT TO {app} USING (person = (SELECT hueandcry_person())
    OR (body = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{examiner}')))
    OR (appeal <> '' AND (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{examiner}'))));
CREATE POLICY candidacy_insert ON academy_candidacy FOR INSERT TO {app} WITH CHECK (person = (SELECT hueandcry_person())
    AND organisation = (SELECT hueandcry_organisation()) AND state = 'applied' AND attempt = 1 AND decided_by IS NULL AND (SELECT hueandcry_member())
    AND EXISTS (SELECT 1 FROM academy_scheme s WHERE s.id = scheme_id AND s.retired_at IS NULL AND hueandcry_accredited(body, s.code)));
CREATE POLICY candidacy_update ON academy_candidacy FOR UPDATE TO {app} USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE ON academy_candidacy FROM {app};
GRANT UPDATE (state, reason, appeal, decided_by, decided_at, attempt) ON academy_candidacy TO {app};

-- Points by competence of the paper that counts: a choice by its key, else the mean of the marks.
CREATE FUNCTION hueandcry_score(wanted bigint) RETURNS TABLE (competence text, points numeric, out_of numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT q.competence, sum(CASE WHEN q.kind = 'choice' THEN CASE WHEN i.choice = q.key THEN q.points ELSE 0 END
        ELSE coalesce((SELECT avg(m.points) FROM academy_mark m WHERE m.item_id = i.id), 0) END), sum(q.points)
    FROM academy_paperitem i JOIN academy_question q ON q.id = i.question_id JOIN academy_candidacy c ON c.id = i.candidacy_id AND c.attempt = i.attempt
    WHERE i.candidacy_id = wanted AND (c.person = hueandcry_person() AND c.decided_at IS NOT NULL
        OR (hueandcry_is_examiner_of(c.body) AND (c.body = hueandcry_organisation() OR c.appeal <> ''))) GROUP BY q.competence $$;
CREATE FUNCTION hueandcry_passed(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(sum(t.points) * 100 >= sum(t.out_of) * min(s.pass_percent) AND bool_and(t.points * 100 >= t.out_of * s.least_percent), false)
    FROM hueandcry_score(wanted) t, academy_candidacy c JOIN academy_scheme s ON s.id = c.scheme_id WHERE c.id = wanted $$;
-- Answers that need marks and do not have them: two of each, a third where two differ by more than 30 of 100 points.
CREATE FUNCTION hueandcry_unmarked(wanted bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT count(*) FROM academy_paperitem i JOIN academy_question q ON q.id = i.question_id
    JOIN academy_candidacy c ON c.id = i.candidacy_id AND c.attempt = i.attempt
    CROSS JOIN LATERAL (SELECT count(*) AS n, max(m.points) - min(m.points) AS apart FROM academy_mark m WHERE m.item_id = i.id) k
    WHERE i.candidacy_id = wanted AND q.kind <> 'choice' AND (k.n < 2 OR (k.n = 2 AND k.apart * 100 > q.points * 30)) $$;

CREATE FUNCTION hueandcry_candidacy_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    me bigint := hueandcry_person(); is_who text[] := '{}'; inside boolean; apart boolean; asked academy_scheme;
BEGIN
    SELECT * INTO asked FROM academy_scheme s WHERE s.id = OLD.scheme_id;
    inside := hueandcry_holds('{examiner}') AND OLD.body = hueandcry_organisation() AND me <> OLD.person;
    apart := me <> OLD.person AND NOT me = ANY (hueandcry_trainers_of(OLD.person));
    IF me = OLD.person THEN is_who := is_who || 'candidate'::text; END IF;
    IF inside THEN is_who := is_who || 'body'::text; END IF;
    IF inside AND apart AND me = ANY (hueandcry_markers_of(OLD.id)) THEN is_who := is_who || 'marker'::text; END IF;
    IF inside AND apart AND NOT me = ANY (hueandcry_markers_of(OLD.id)) THEN is_who := is_who || 'decider'::text; END IF;
    IF hueandcry_is_examiner_of(OLD.body) AND apart AND NOT me = ANY (hueandcry_markers_of(OLD.id)) AND me IS DISTINCT FROM OLD.decided_by THEN
        is_who := is_who || 'appeal'::text; END IF;
    IF OLD.state = NEW.state THEN PERFORM hueandcry_refuse('A candidacy changes by its moves alone.'); END IF;
    PERFORM hueandcry_academy_move('candidacy', OLD.id, OLD.state, NEW.state, is_who);
    IF NEW.state IN ('certified', 'refused', 'upheld', 'ineligible') OR (OLD.state = 'appealed' AND NEW.state = 'eligible') THEN
        IF NEW.decided_by IS DISTINCT FROM me OR NEW.decided_at IS NULL OR btrim(NEW.reason) = '' THEN
            PERFORM hueandcry_refuse('A decision is signed by who takes it, and gives its reason.');
        END IF;
    ELSIF (OLD.decided_by, OLD.reason) IS DISTINCT FROM (NEW.decided_by, NEW.reason) THEN
        PERFORM hueandcry_refuse('Nothing is decided by this move.');
    END IF;
    IF NEW.attempt <> OLD.attempt + (OLD.state = 'appealed' AND NEW.state = 'eligible')::integer THEN
        PERFORM hueandcry_refuse('A further attempt follows from an appeal alone.');
    END IF;
    IF NEW.appeal <> OLD.appeal AND NEW.state <> 'appealed' OR (NEW.state = 'appealed' AND btrim(NEW.appeal) = '') THEN
        PERFORM hueandcry_refuse('An appeal says why, and does not change.');
    END IF;
    IF NEW.state = 'eligible' AND NOT hueandcry_accredited(OLD.body, asked.code) THEN
        PERFORM hueandcry_refuse('The body is not accredited for this any more.');
    ELSIF NEW.state = 'sitting' AND EXISTS (SELECT 1 FROM jsonb_object_keys(asked.blueprint) wanted WHERE NOT EXISTS (
            SELECT 1 FROM academy_paperitem i JOIN academy_question q ON q.id = i.question_id AND q.state = 'ready'
            WHERE i.candidacy_id = OLD.id AND i.attempt = OLD.attempt AND q.competence = wanted)) THEN
        PERFORM hueandcry_refuse('The paper leaves out a competence of the blueprint.');
    ELSIF NEW.state = 'marked' AND hueandcry_unmarked(OLD.id) > 0 THEN
        PERFORM hueandcry_refuse('Every answer wants two markers, and a third where they are far apart.');
    ELSIF NEW.state = 'certified' THEN
        IF NOT hueandcry_passed(OLD.id) THEN PERFORM hueandcry_refuse('Who did not pass is not certified.'); END IF;
        IF NOT hueandcry_accredited(OLD.body, asked.code) THEN PERFORM hueandcry_refuse('The body is not accredited for this any more.'); END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER candidacy_moves BEFORE UPDATE ON academy_candidacy FOR EACH ROW EXECUTE FUNCTION hueandcry_candidacy_moves();

-- The paper: chosen by the body before it is sat, answered by the candidate while it is.
CREATE POLICY paperitem_read ON academy_paperitem FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM academy_candidacy c WHERE c.id = candidacy_id
    AND (c.person <> (SELECT hueandcry_person()) OR c.state NOT IN ('applied', 'eligible'))));
CREATE POLICY paperitem_insert ON academy_paperitem FOR INSERT TO {app} WITH CHECK (text = '' AND choice IS NULL AND EXISTS (
    SELECT 1 FROM academy_candidacy c JOIN academy_question q ON q.id = question_id AND q.state = 'ready' AND q.body = c.body AND q.scheme_id = c.scheme_id
    WHERE c.id = candidacy_id AND c.state = 'eligible' AND c.attempt = academy_paperitem.attempt AND c.body = (SELECT hueandcry_organisation())
        AND c.person <> (SELECT hueandcry_person()) AND (SELECT hueandcry_holds('{examiner}'))));
CREATE POLICY paperitem_answer ON academy_paperitem FOR UPDATE TO {app} USING (EXISTS (SELECT 1 FROM academy_candidacy c WHERE c.id = candidacy_id
    AND c.person = (SELECT hueandcry_person()) AND c.state = 'sitting' AND c.attempt = academy_paperitem.attempt)) WITH CHECK (true);
REVOKE UPDATE, DELETE ON academy_paperitem FROM {app};
GRANT UPDATE (text, choice, ai_use) ON academy_paperitem TO {app};
-- What the candidate sees of the questions: neither key nor guide.
CREATE FUNCTION hueandcry_paper(wanted bigint) RETURNS TABLE (item bigint, number smallint, kind text, competence text, question text, options text[],
    points smallint, answer text, choice smallint, ai_use text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT i.id, i.number, q.kind, q.competence, q.text, q.options::text[], q.points, i.text, i.choice, i.ai_use FROM academy_paperitem i
    JOIN academy_question q ON q.id = i.question_id JOIN academy_candidacy c ON c.id = i.candidacy_id AND c.attempt = i.attempt
    WHERE c.id = wanted AND c.person = hueandcry_person() AND c.state NOT IN ('applied', 'eligible') ORDER BY i.number $$;

-- Marks: by accredited examiners of the body who did not train; nobody sees another's before the marking is over.
CREATE POLICY mark_read ON academy_mark FOR SELECT TO {app} USING (marker = (SELECT hueandcry_person())
    OR EXISTS (SELECT 1 FROM academy_candidacy c WHERE c.id = candidacy AND c.state <> 'examined' AND c.person <> (SELECT hueandcry_person())));
CREATE POLICY mark_insert ON academy_mark FOR INSERT TO {app} WITH CHECK (marker = (SELECT hueandcry_person()) AND (SELECT hueandcry_holds('{examiner}')));
REVOKE UPDATE, DELETE ON academy_mark FROM {app};
CREATE FUNCTION hueandcry_mark_guarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    item academy_paperitem; asked academy_candidacy; held academy_question; code text;
BEGIN
    SELECT * INTO item FROM academy_paperitem i WHERE i.id = NEW.item_id;
    SELECT * INTO asked FROM academy_candidacy c WHERE c.id = item.candidacy_id;
    SELECT * INTO held FROM academy_question q WHERE q.id = item.question_id;
    SELECT s.code INTO code FROM academy_scheme s WHERE s.id = asked.scheme_id;
    IF NEW.candidacy <> asked.id OR asked.state <> 'examined' OR item.attempt <> asked.attempt OR held.kind = 'choice' THEN
        PERFORM hueandcry_refuse('Only answers of a paper that was sat and is not decided are marked.');
    END IF;
    IF asked.body <> hueandcry_organisation() OR asked.person = NEW.marker OR NOT hueandcry_accredited_examiner(NEW.marker, code) THEN
        PERFORM hueandcry_refuse('Accredited examiners of the body mark.');
    END IF;
    IF NEW.marker = ANY (hueandcry_trainers_of(asked.person)) THEN
        PERFORM hueandcry_refuse('Who trained somebody does not mark them.');
    END IF;
    IF NEW.points < 0 OR NEW.points > held.points THEN PERFORM hueandcry_refuse(format('From 0 to %s points.', held.points)); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_guarded BEFORE INSERT ON academy_mark FOR EACH ROW EXECUTE FUNCTION hueandcry_mark_guarded();

-- A certificate follows from a decision, in the name of who decided. Its holder and the body see it; the register shows what the holder agreed to.
CREATE POLICY certificate_read ON academy_certificate FOR SELECT TO {app} USING (person = (SELECT hueandcry_person())
    OR (body = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{examiner}')))
    OR (organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{officer,administrator}')))
    OR ((SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{examiner}')) AND state = 'withdrawn'));
CREATE POLICY certificate_insert ON academy_certificate FOR INSERT TO {app} WITH CHECK (state = 'valid' AND NOT named AND NOT public AND credential IS NULL);
CREATE POLICY certificate_update ON academy_certificate FOR UPDATE TO {app} USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE ON academy_certificate FROM {app};
GRANT UPDATE (state, reason, named, public, credential, key) ON academy_certificate TO {app};
CREATE FUNCTION hueandcry_certificate_guarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    asked academy_candidacy; held academy_scheme; me bigint := hueandcry_person(); is_who text[] := '{}'; apart boolean; inside boolean;
BEGIN
    SELECT * INTO asked FROM academy_candidacy c WHERE c.id = NEW.candidacy_id;
    SELECT * INTO held FROM academy_scheme s WHERE s.id = asked.scheme_id;
    IF TG_OP = 'INSERT' THEN
        IF asked.state <> 'certified' OR asked.decided_by IS DISTINCT FROM me OR (NEW.scheme_id, NEW.person, NEW.organisation, NEW.body)
            IS DISTINCT FROM (asked.scheme_id, asked.person, asked.organisation, asked.body) OR NEW.since <> current_date
            OR NEW.until <> (current_date + make_interval(months => held.months))::date
            OR NEW.country <> (SELECT o.country FROM members_organisation o WHERE o.id = asked.organisation) THEN
            PERFORM hueandcry_refuse('A certificate follows from a decision, on its day and for as long as the scheme says.');
        END IF;
        RETURN NEW;
    END IF;
    inside := hueandcry_holds('{examiner}') AND OLD.body = hueandcry_organisation() AND me <> OLD.person;
    apart := me <> OLD.person AND NOT me = ANY (hueandcry_trainers_of(OLD.person)) AND NOT me = ANY (hueandcry_markers_of(asked.id));
    IF OLD.state = NEW.state THEN
        IF OLD.person = me AND NOT hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{named,public,credential,key}')
            AND (NEW.credential IS NULL OR (NEW.credential, NEW.key) = (OLD.credential, OLD.key)) THEN RETURN NEW; END IF;
        IF inside AND OLD.credential IS NULL AND NOT hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{credential,key}') THEN RETURN NEW; END IF;
        PERFORM hueandcry_refuse('The holder says whether to be named and shown; nothing else of a certificate changes.');
    END IF;
    IF inside THEN is_who := is_who || 'body'::text; END IF;
    IF inside AND apart THEN is_who := is_who || 'decider'::text; END IF;
    IF hueandcry_is_examiner_of(OLD.body) AND apart AND NOT EXISTS (SELECT 1 FROM academy_move m WHERE m.machine = 'certificate' AND m.thing = OLD.id
            AND m.person = me) THEN is_who := is_who || 'appeal'::text; END IF;
    PERFORM hueandcry_academy_move('certificate', OLD.id, OLD.state, NEW.state, is_who);
    IF hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{state,reason}') THEN PERFORM hueandcry_refuse('A move changes state and reason alone.'); END IF;
    IF NEW.state <> 'expired' AND btrim(NEW.reason) = '' THEN PERFORM hueandcry_refuse('A decision gives its reason.'); END IF;
    IF NEW.state = 'expired' AND OLD.until > current_date THEN PERFORM hueandcry_refuse('It has not ended yet.'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER certificate_guarded BEFORE INSERT OR UPDATE ON academy_certificate FOR EACH ROW EXECUTE FUNCTION hueandcry_certificate_guarded();
-- The public register: what its holder agreed to show, by name where they agreed to that too.
CREATE FUNCTION hueandcry_register() RETURNS TABLE (reference uuid, scheme text, title text, state text, country text, since date, until date, body text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT c.reference, s.code, s.title, c.state, c.country::text, c.since, c.until, o.name, CASE WHEN c.named THEN p.name ELSE '' END
    FROM academy_certificate c JOIN academy_scheme s ON s.id = c.scheme_id JOIN members_organisation o ON o.id = c.body
    JOIN members_person p ON p.id = c.person WHERE c.public ORDER BY c.since DESC, c.id DESC LIMIT 5000 $$;
-- How many are trained and certified, by country and role; never fewer than five together.
CREATE FUNCTION hueandcry_training_picture() RETURNS TABLE (country text, scheme text, people bigint, expiring bigint, newest date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT c.country::text, s.code, count(DISTINCT c.person), count(DISTINCT c.person) FILTER (WHERE c.until < current_date + 183), max(c.since)
    FROM academy_certificate c JOIN academy_scheme s ON s.id = c.scheme_id WHERE c.state = 'valid' AND c.until > current_date
    GROUP BY 1, 2 HAVING count(DISTINCT c.person) >= 5 $$;
-- How many would still hold a scheme's certificate so many months from now if nobody was certified again; below five: not how many.
CREATE FUNCTION hueandcry_training_ahead(months integer) RETURNS TABLE (scheme text, month integer, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH held AS (SELECT s.code, c.person, max(c.until) AS until FROM academy_certificate c JOIN academy_scheme s ON s.id = c.scheme_id
        WHERE c.state = 'valid' AND c.until > current_date GROUP BY 1, 2),
    known AS (SELECT code FROM held GROUP BY 1 HAVING count(*) >= 5)
    SELECT h.code, m, CASE WHEN k.n BETWEEN 1 AND 4 THEN NULL ELSE k.n END FROM known h CROSS JOIN generate_series(0, least(months, 60)) m
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM held t WHERE t.code = h.code AND t.until > (current_date + make_interval(months => m))::date) k
    ORDER BY 1, 2 $$;
-- Of certificates that ended within three years, how many their holders renewed; of five or more.
CREATE FUNCTION hueandcry_training_renewed() RETURNS TABLE (scheme text, ended bigint, renewed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT s.code, count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM academy_certificate n WHERE n.person = c.person AND n.scheme_id = c.scheme_id
        AND n.id <> c.id AND n.since BETWEEN c.until - 365 AND c.until + 183))
    FROM academy_certificate c JOIN academy_scheme s ON s.id = c.scheme_id
    WHERE c.state IN ('valid', 'expired') AND c.until <= current_date AND c.until > current_date - 1096 GROUP BY 1 HAVING count(*) >= 5 $$;
-- What units of one kind do that have somebody certified (from then on), and those that never had: a line a unit, without its name, and only
-- where there are five of either. 'report': mean logarithm of the days from a crime to its report; 'answer': share of requests answered in a week.
CREATE FUNCTION hueandcry_training_results() RETURNS TABLE (measure text, certified boolean, n bigint, mean double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH held AS (SELECT c.organisation AS unit, min(c.since) AS since FROM academy_certificate c WHERE c.state <> 'withdrawn' GROUP BY 1),
    kinds AS (SELECT o.kind, greatest(min(h.since), current_date - 730) AS since FROM held h JOIN members_organisation o ON o.id = h.unit GROUP BY 1),
    units AS (SELECT o.id AS unit, h.unit IS NOT NULL AS certified, greatest(k.since, h.since) AS since FROM members_organisation o
        JOIN kinds k ON k.kind = o.kind LEFT JOIN held h ON h.unit = o.id WHERE o.state = 'vetted'),
    told AS (
        SELECT 'report' AS measure, u.unit, u.certified, ln(greatest(extract(epoch FROM r.reported_at - r.occurred_from) / 86400.0, 1 / 24.0)) AS value
        FROM units u JOIN exchange_report r ON r.organisation_id = u.unit AND r.state = 'current' AND r.kind = 'incident'
            AND r.occurred_from IS NOT NULL AND r.reported_at >= u.since AND r.reported_at >= r.occurred_from
        UNION ALL
        SELECT 'answer', u.unit, u.certified, (p.answered_at IS NOT NULL AND p.answered_at <= a.at + interval '7 days')::integer
        FROM units u JOIN exchange_askpart p ON p.owner = u.unit AND p.state <> 'taken back' JOIN exchange_ask a ON a.id = p.ask_id
            AND a.at >= u.since AND a.at <= now() - interval '7 days'),
    each AS (SELECT t.measure, t.unit, t.certified, count(*) AS n, avg(t.value)::double precision AS mean FROM told t GROUP BY 1, 2, 3 HAVING count(*) >= 3)
    SELECT e.measure, e.certified, e.n, e.mean FROM each e WHERE e.measure IN (SELECT f.measure FROM each f GROUP BY 1
        HAVING count(*) FILTER (WHERE f.certified) >= 5 AND count(*) FILTER (WHERE NOT f.certified) >= 5) ORDER BY 1, 2, 4 $$;

-- What the calendar tells once: certificates that end, accreditations that end or were not looked at for a year.
REVOKE INSERT, UPDATE, DELETE ON academy_reminder FROM {app};
CREATE POLICY reminder_read ON academy_reminder FOR SELECT TO {app} USING (false);
CREATE POLICY reminder_blind ON academy_reminder FOR INSERT TO {blind} WITH CHECK (true);
GRANT INSERT ON academy_reminder TO {blind};
CREATE FUNCTION hueandcry_academy_due(most integer) RETURNS TABLE (machine text, reference uuid, organisation bigint, office bigint, person bigint, what text,
    until date)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH due AS (
        SELECT 'certificate' AS machine, c.id AS thing, c.reference, c.organisation, c.person, c.until, CASE WHEN c.until <= current_date THEN 'ended'
            WHEN c.until <= current_date + 30 THEN 'ends in 30 days' ELSE 'ends in 180 days' END AS what
        FROM academy_certificate c WHERE c.state = 'valid' AND c.until <= current_date + 180 AND c.until > current_date - 30
            AND NOT EXISTS (SELECT 1 FROM academy_certificate n WHERE n.person = c.person AND n.scheme_id = c.scheme_id AND n.until > c.until)
        UNION ALL
        SELECT 'accreditation', a.id, a.reference, a.organisation, a.person, a.valid_until, CASE WHEN a.valid_until <= current_date THEN 'ended'
            WHEN a.valid_until <= current_date + 60 THEN 'ends in 60 days' ELSE 'ends in 180 days' END
        FROM academy_accreditation a WHERE a.state IN ('accredited', 'suspended') AND a.valid_until <= current_date + 180 AND a.valid_until > current_date - 30
        UNION ALL
        SELECT 'accreditation', a.id, a.reference, a.organisation, a.person, a.valid_until,
            format('to be looked at, year %s', (current_date - a.valid_from) / 365)
        FROM academy_accreditation a WHERE a.state = 'accredited' AND a.valid_until > current_date AND a.kind <> 'examiner' AND a.valid_from <= current_date - 365
            AND NOT EXISTS (SELECT 1 FROM academy_visit v WHERE v.accreditation_id = a.id AND v.day > current_date - 365)),
    told AS (INSERT INTO academy_reminder (machine, thing, what, until, at) SELECT d.machine, d.thing, d.what, d.until, now() FROM due d
        WHERE NOT EXISTS (SELECT 1 FROM academy_reminder r WHERE (r.machine, r.thing, r.what, r.until) = (d.machine, d.thing, d.what, d.until))
        ORDER BY d.until LIMIT most ON CONFLICT DO NOTHING RETURNING academy_reminder.machine, academy_reminder.thing, academy_reminder.what)
    SELECT d.machine, d.reference, d.organisation, (SELECT o.id FROM members_organisation o WHERE o.secretariat AND o.state = 'vetted' LIMIT 1),
        d.person, d.what, d.until FROM due d
    JOIN told t ON (t.machine, t.thing, t.what) = (d.machine, d.thing, d.what) $$;

-- A place in a status list that nobody holds, drawn at random so that it says nothing of when; whoever asks sees few of those that are held.
CREATE FUNCTION hueandcry_free_place(list text, places integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    place integer;
BEGIN
    FOR turn IN 1..1000 LOOP
        place := (('x' || right(gen_random_uuid()::text, 8))::bit(32)::bigint % places)::integer;
        IF list = 'certificate' AND NOT EXISTS (SELECT 1 FROM academy_certificate c WHERE c.index = place) THEN RETURN place; END IF;
        IF list = 'accreditation' AND NOT EXISTS (SELECT 1 FROM academy_accreditation a WHERE a.index = place) THEN RETURN place; END IF;
    END LOOP;
    PERFORM hueandcry_refuse('The status list is full.');
END $$;

CREATE POLICY development_read ON academy_development FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM academy_certificate c WHERE c.id = certificate_id));
CREATE POLICY development_insert ON academy_development FOR INSERT TO {app} WITH CHECK (person = (SELECT hueandcry_person()) AND day <= current_date
    AND EXISTS (SELECT 1 FROM academy_certificate c WHERE c.id = certificate_id AND c.person = (SELECT hueandcry_person()) AND day >= c.since));
REVOKE UPDATE, DELETE ON academy_development FROM {app};

-- Keys: sealed for the installation. Whose they are sees them; what signs lists and bundles asks by function.
CREATE POLICY signingkey_read ON academy_signingkey FOR SELECT TO {app} USING (organisation = (SELECT hueandcry_organisation())
    AND (SELECT hueandcry_holds('{administrator,examiner,secretary}')));
CREATE POLICY signingkey_insert ON academy_signingkey FOR INSERT TO {app} WITH CHECK (organisation = (SELECT hueandcry_organisation())
    AND made_by = (SELECT hueandcry_person()) AND state = 'active' AND (SELECT hueandcry_member())
    AND CASE WHEN root THEN (SELECT hueandcry_secretariat()) AND (SELECT hueandcry_holds('{secretary}'))
        ELSE (SELECT hueandcry_holds('{administrator,examiner}')) END);
CREATE POLICY signingkey_end ON academy_signingkey FOR UPDATE TO {app} USING (organisation = (SELECT hueandcry_organisation()) AND state <> 'revoked'
    AND (SELECT hueandcry_holds('{administrator,secretary}'))) WITH CHECK (state <> 'active' AND ended_at IS NOT NULL);
REVOKE UPDATE, DELETE ON academy_signingkey FROM {app};
GRANT UPDATE (state, ended_at, reason) ON academy_signingkey TO {app};
CREATE FUNCTION hueandcry_signing_keys() RETURNS TABLE (organisation bigint, did text, sealed bytea, root boolean, state text, made_at timestamptz, ended_at timestamptz,
    name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT k.organisation, k.did, k.sealed, k.root, k.state, k.made_at, k.ended_at, o.name FROM academy_signingkey k
    JOIN members_organisation o ON o.id = k.organisation ORDER BY k.id $$;
-- What lists and bundles say: numbers of places, whose key, which accreditation. No person.
CREATE FUNCTION hueandcry_trust_state() RETURNS TABLE (kind text, body bigint, index integer, state text, reference uuid, scope text[], valid_from date, valid_until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT 'certificate', c.body, c.index, c.state, NULL::uuid, NULL::text[], NULL::date, NULL::date FROM academy_certificate c
        WHERE c.state IN ('suspended', 'withdrawn')
    UNION ALL SELECT 'accreditation', a.organisation, a.index, a.state, a.reference, a.scope::text[], a.valid_from, a.valid_until FROM academy_accreditation a
        WHERE a.kind = 'provider' AND a.index IS NOT NULL $$;

CREATE POLICY recognition_read ON academy_recognition FOR SELECT TO {app} USING (audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY recognition_insert ON academy_recognition FOR INSERT TO {app} WITH CHECK (organisation = (SELECT hueandcry_organisation())
    AND person = (SELECT hueandcry_person()) AND country <> other AND withdrawn_at IS NULL AND until > current_date
    AND (SELECT hueandcry_holds('{officer,administrator}')) AND audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND EXISTS (SELECT 1 FROM members_organisation o WHERE o.id = organisation AND o.country = academy_recognition.country
        AND o.kind IN ('law-enforcement', 'government')));
CREATE POLICY recognition_withdraw ON academy_recognition FOR UPDATE TO {app} USING (organisation = (SELECT hueandcry_organisation())
    AND withdrawn_at IS NULL) WITH CHECK (withdrawn_at IS NOT NULL);
REVOKE UPDATE, DELETE ON academy_recognition FROM {app};
GRANT UPDATE (withdrawn_at) ON academy_recognition TO {app};
