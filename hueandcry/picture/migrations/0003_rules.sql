-- Freezes, releases, and the figures from elsewhere that they stand on.
-- What counts is read by the linker, which looks across audiences already: a few columns more, still no title, no
-- person, no text of somebody's own.
GRANT SELECT (created_at, purpose) ON exchange_report TO {linker};
GRANT SELECT (id, kind, country, sector, state, created_at) ON members_organisation TO {linker};
CREATE POLICY linker_freezes ON members_organisation FOR SELECT TO {linker} USING (true);
CREATE POLICY linker_rates ON picture_exchangerate FOR SELECT TO {linker} USING (true);
CREATE POLICY linker_denominators ON picture_denominator FOR SELECT TO {linker} USING (true);
GRANT SELECT ON picture_exchangerate, picture_denominator TO {linker};
-- Which freezes releases stand on, so that these are kept; and how good linkage was found to be, where all members read it.
GRANT SELECT (freeze_id, state) ON picture_release TO {linker};
CREATE POLICY linker_standing ON picture_release FOR SELECT TO {linker} USING (true);
GRANT SELECT (id, published_at, model, figures) ON linkage_reviewround TO {linker};
CREATE POLICY linker_published ON linkage_reviewround FOR SELECT TO {linker} USING (published_at IS NOT NULL);
GRANT USAGE ON SEQUENCE picture_freeze_id_seq, picture_freezefile_id_seq, picture_estimate_id_seq, picture_signal_id_seq
    TO {linker};

-- That there is a freeze, how large and with what sha256, the alliance may read; its files show to nobody but the linker.
CREATE POLICY freeze_read ON picture_freeze FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[])
    OR EXISTS (SELECT 1 FROM picture_release r WHERE r.freeze_id = picture_freeze.id AND r.state = 'published'));
REVOKE ALL ON picture_freezefile FROM {app};
REVOKE INSERT, UPDATE, DELETE ON picture_freeze, picture_estimate FROM {app};
CREATE POLICY estimate_read ON picture_estimate FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));

CREATE POLICY rate_read ON picture_exchangerate FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY rate_write ON picture_exchangerate TO {app} USING ((SELECT hueandcry_secretariat())) WITH CHECK ((SELECT hueandcry_secretariat()));
CREATE POLICY denominator_read ON picture_denominator FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY denominator_write ON picture_denominator TO {app} USING ((SELECT hueandcry_secretariat())) WITH CHECK ((SELECT hueandcry_secretariat()));

-- What is published shows to everyone; a draft to the alliance's office, which alone makes and publishes.
CREATE POLICY release_read ON picture_release FOR SELECT TO {app} USING (state = 'published' OR (SELECT hueandcry_secretariat()));
CREATE POLICY release_write ON picture_release TO {app} USING ((SELECT hueandcry_secretariat())) WITH CHECK ((SELECT hueandcry_secretariat()));
CREATE POLICY releasefile_read ON picture_releasefile FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM picture_release r WHERE r.id = release_id));
CREATE POLICY releasefile_write ON picture_releasefile TO {app} USING ((SELECT hueandcry_secretariat())) WITH CHECK ((SELECT hueandcry_secretariat()));
REVOKE TRUNCATE ON picture_release, picture_releasefile FROM {app};

-- Published figures never change, not even by the owner of the tables.
CREATE FUNCTION hueandcry_release_stands() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_TABLE_NAME = 'picture_release' THEN
        IF OLD.state = 'published' THEN
            RAISE EXCEPTION 'release % is published: it never changes; publish a later one that corrects it', OLD.number;
        END IF;
    ELSIF EXISTS (SELECT 1 FROM picture_release r WHERE r.state = 'published'
            AND r.id = CASE TG_OP WHEN 'INSERT' THEN NEW.release_id ELSE OLD.release_id END) THEN
        RAISE EXCEPTION 'this file belongs to a published release: it never changes';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER release_stands BEFORE UPDATE OR DELETE ON picture_release FOR EACH ROW EXECUTE FUNCTION hueandcry_release_stands();
CREATE TRIGGER release_stands BEFORE INSERT OR UPDATE OR DELETE ON picture_releasefile FOR EACH ROW EXECUTE FUNCTION hueandcry_release_stands();
-- Nor does what they stand on.
CREATE FUNCTION hueandcry_freeze_stands() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE held bigint;
BEGIN
    IF TG_TABLE_NAME = 'picture_freeze' THEN held := OLD.id; ELSE held := OLD.freeze_id; END IF;
    IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'a freeze never changes'; END IF;
    IF EXISTS (SELECT 1 FROM picture_release r WHERE r.freeze_id = held AND r.state = 'published') THEN
        RAISE EXCEPTION 'a published release stands on this freeze';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER freeze_stands BEFORE UPDATE OR DELETE ON picture_freeze FOR EACH ROW EXECUTE FUNCTION hueandcry_freeze_stands();
CREATE TRIGGER freeze_stands BEFORE UPDATE OR DELETE ON picture_freezefile FOR EACH ROW EXECUTE FUNCTION hueandcry_freeze_stands();

-- A signal is the alliance's to read; its office may set one aside, and says why.
CREATE POLICY signal_read ON picture_signal FOR SELECT TO {app} USING (2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY signal_dismiss ON picture_signal FOR UPDATE TO {app} USING ((SELECT hueandcry_secretariat()));
REVOKE INSERT, DELETE ON picture_signal FROM {app};
