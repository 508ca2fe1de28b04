-- The table of moves (hueandcry/programmes/life.py) and the chart of accounts (ledger/entries.py); tests compare them.
-- Everybody reads them, nobody changes them.
CREATE POLICY programmemoverule_read ON programmes_moverule FOR SELECT TO {app} USING (true);
REVOKE INSERT, UPDATE, DELETE ON programmes_moverule FROM {app};
INSERT INTO programmes_moverule (before, after, who) VALUES
    ('idea', 'draft', 'owner'), ('idea', 'dropped', 'owner'), ('draft', 'appraisal', 'owner'), ('draft', 'dropped', 'owner'),
    ('appraisal', 'draft', 'owner'), ('appraisal', 'draft', 'appraiser'), ('appraisal', 'appraised', 'appraiser'), ('appraisal', 'dropped', 'owner'),
    ('appraised', 'draft', 'owner'), ('appraised', 'approved', 'board'), ('appraised', 'approved', 'office'), ('appraised', 'dropped', 'owner'),
    ('approved', 'agreed', 'country'), ('approved', 'dropped', 'owner'), ('agreed', 'running', 'owner'), ('agreed', 'dropped', 'owner'),
    ('running', 'suspended', 'owner'), ('running', 'suspended', 'office'), ('suspended', 'running', 'owner'), ('suspended', 'running', 'office'),
    ('running', 'closed', 'owner'), ('suspended', 'closed', 'owner'), ('suspended', 'closed', 'office'), ('closed', 'evaluated', 'evaluator');
CREATE POLICY account_read ON programmes_account FOR SELECT TO {app} USING (true);
REVOKE INSERT, UPDATE, DELETE ON programmes_account FROM {app};
INSERT INTO programmes_account (code, name, kind) VALUES
    ('1000', 'Bank', 'asset'), ('1100', 'Pledges receivable', 'asset'), ('1200', 'Fees receivable', 'asset'),
    ('4000', 'Grants and donations', 'income'), ('4100', 'Membership fees', 'income'),
    ('5000', 'Programme components', 'expense'), ('5100', 'Programme overheads', 'expense'), ('5200', 'Running costs of the office', 'expense'),
    ('5300', 'Amounts written off', 'expense'), ('5400', 'Exchange differences', 'expense'),
    ('9000', 'Commitments', 'memorandum'), ('9100', 'Set aside for commitments', 'memorandum');

-- The states in which a programme is told to everybody (life.PUBLIC).
CREATE FUNCTION hueandcry_told_to_all(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT state IN ('agreed', 'running', 'suspended', 'closed', 'evaluated') $$;
-- Who somebody is.
CREATE FUNCTION hueandcry_of_office() RETURNS boolean -- whatever their role there: hueandcry_secretariat() is for secretaries
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM members_organisation o WHERE o.id = hueandcry_organisation() AND o.secretariat AND o.state = 'vetted') $$;
CREATE FUNCTION hueandcry_treasurer() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT hueandcry_of_office() AND hueandcry_holds('{treasurer}') AND hueandcry_person() IS NOT NULL $$;
CREATE FUNCTION hueandcry_office() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT hueandcry_secretariat() AND hueandcry_holds('{secretary}') AND hueandcry_person() IS NOT NULL $$;
CREATE FUNCTION hueandcry_seated(who bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_seat s WHERE s.organisation = who AND s.since <= current_date AND s.until IS NULL) $$;
CREATE FUNCTION hueandcry_on_board() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT hueandcry_holds('{board}') AND hueandcry_person() IS NOT NULL AND hueandcry_seated(hueandcry_organisation()) $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Funds, rates, closes: every member reads them; the treasurer of the office writes them. Restrictions never change.
CREATE POLICY fund_read ON programmes_fund FOR SELECT TO {app} USING ((SELECT hueandcry_member()));
CREATE POLICY fund_insert ON programmes_fund FOR INSERT TO {app} WITH CHECK (
    (SELECT hueandcry_treasurer()) AND person = (SELECT hueandcry_person()) AND state = 'open');
CREATE POLICY fund_update ON programmes_fund FOR UPDATE TO {app} USING ((SELECT hueandcry_treasurer())) WITH CHECK ((SELECT hueandcry_treasurer()));
REVOKE UPDATE, DELETE ON programmes_fund FROM {app};
GRANT UPDATE (name, terms, state) ON programmes_fund TO {app};
CREATE POLICY rate_read ON programmes_rate FOR SELECT TO {app} USING ((SELECT hueandcry_member()));
CREATE POLICY rate_insert ON programmes_rate FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_treasurer()) AND person = (SELECT hueandcry_person()));
REVOKE UPDATE, DELETE ON programmes_rate FROM {app};
CREATE POLICY close_read ON programmes_close FOR SELECT TO {app} USING ((SELECT hueandcry_member()));
CREATE POLICY close_insert ON programmes_close FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_treasurer()) AND person = (SELECT hueandcry_person()));
REVOKE UPDATE, DELETE ON programmes_close FROM {app};

-- A close and the entries it closes off wait for each other: nothing slips in below it.
CREATE FUNCTION hueandcry_close_guarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('programmes books', 0));
    IF NEW.until >= current_date THEN PERFORM hueandcry_refuse('Books are closed up to a day that has passed.'); END IF;
    IF EXISTS (SELECT 1 FROM programmes_close c WHERE c.until >= NEW.until) THEN
        PERFORM hueandcry_refuse(format('The books are closed up to %s already.', (SELECT max(c.until) FROM programmes_close c)));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER close_guarded BEFORE INSERT ON programmes_close FOR EACH ROW EXECUTE FUNCTION hueandcry_close_guarded();

-- ---------------------------------------------------------------------------------------------------------------------
-- Entries and postings: the treasurer writes; the board, the office and data-protection officers of it read all, a donor
-- what happened in its funds, the owner of a programme what happened for it, a member its own fees. Nobody changes any.
CREATE FUNCTION hueandcry_reads_books() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT hueandcry_treasurer() OR hueandcry_office() OR hueandcry_on_board() $$;
CREATE FUNCTION hueandcry_entry_seen(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_entry e WHERE e.id = wanted AND (e.organisation = hueandcry_organisation()
        OR EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = e.programme_id AND p.organisation = hueandcry_organisation())
        OR EXISTS (SELECT 1 FROM programmes_posting t JOIN programmes_fund f ON f.id = t.fund_id
                   WHERE t.entry_id = e.id AND f.donor = hueandcry_organisation()))) AND hueandcry_member() $$;
CREATE POLICY entry_read ON programmes_entry FOR SELECT TO {app} USING ((SELECT hueandcry_reads_books())
    OR ((SELECT hueandcry_holds('{officer,administrator,treasurer}')) AND hueandcry_entry_seen(id)));
CREATE POLICY entry_insert ON programmes_entry FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_treasurer()) AND person = (SELECT hueandcry_person()));
REVOKE UPDATE, DELETE ON programmes_entry FROM {app};
CREATE POLICY posting_read ON programmes_posting FOR SELECT TO {app} USING ((SELECT hueandcry_reads_books())
    OR ((SELECT hueandcry_holds('{officer,administrator,treasurer}')) AND hueandcry_entry_seen(entry_id)
        -- a donor sees the lines of its own funds, not those of others in the same entry
        AND EXISTS (SELECT 1 FROM programmes_entry e LEFT JOIN programmes_programme p ON p.id = e.programme_id JOIN programmes_fund f ON f.id = fund_id
            WHERE e.id = entry_id AND (f.donor = hueandcry_organisation() OR p.organisation = hueandcry_organisation() OR e.organisation = hueandcry_organisation()))));
CREATE POLICY posting_insert ON programmes_posting FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_treasurer()));
REVOKE UPDATE, DELETE ON programmes_posting FROM {app};

CREATE FUNCTION hueandcry_entry_guarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE closed date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('programmes books', 0));
    SELECT max(c.until) INTO closed FROM programmes_close c;
    IF NEW.day <= closed THEN PERFORM hueandcry_refuse(format('The books are closed up to %s.', closed)); END IF;
    IF NEW.day > current_date THEN PERFORM hueandcry_refuse('An entry is dated on a day that has come.'); END IF;
    IF NEW.reverses_id IS NOT NULL AND EXISTS (SELECT 1 FROM programmes_entry e WHERE e.id = NEW.reverses_id AND e.kind = 'reversal') THEN
        PERFORM hueandcry_refuse('A reversal is not reversed: book it anew.');
    END IF;
    IF NEW.component_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM programmes_component c WHERE c.id = NEW.component_id AND c.programme_id = NEW.programme_id) THEN
        PERFORM hueandcry_refuse('The component is of another programme.');
    END IF;
    NEW.act := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_guarded BEFORE INSERT ON programmes_entry FOR EACH ROW EXECUTE FUNCTION hueandcry_entry_guarded();

CREATE FUNCTION hueandcry_posting_guarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE held programmes_fund; entry programmes_entry;
BEGIN
    SELECT * INTO entry FROM programmes_entry e WHERE e.id = NEW.entry_id;
    IF entry.act IS DISTINCT FROM pg_current_xact_id()::text::bigint THEN
        PERFORM hueandcry_refuse('An entry that is booked does not change: reverse it.');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('programmes fund ' || NEW.fund_id, 0));  -- its balance is asked at the end
    SELECT * INTO held FROM programmes_fund f WHERE f.id = NEW.fund_id;
    IF NEW.currency = held.currency AND NEW.amount <> NEW.value THEN
        PERFORM hueandcry_refuse('In the currency of the fund the amount is the value.');
    END IF;
    IF held.state = 'closed' AND entry.kind <> 'reversal' THEN PERFORM hueandcry_refuse(format('The fund %s is closed.', held.code)); END IF;
    INSERT INTO programmes_balance AS b (fund, account, programme, component, overhead, value)
        VALUES (NEW.fund_id, NEW.account_id, coalesce(entry.programme_id, 0), coalesce(entry.component_id, 0),
            coalesce((SELECT c.kind = 'overhead' FROM programmes_component c WHERE c.id = entry.component_id), false), NEW.value)
        ON CONFLICT (fund, account, programme, component) DO UPDATE SET value = b.value + EXCLUDED.value;
    RETURN NEW;
END $$;
-- Sums of postings, kept up: a new entry asks these, not all that was ever booked. A test compares them with the sums.
CREATE POLICY balance_read ON programmes_balance FOR SELECT TO {app} USING ((SELECT hueandcry_reads_books()));
REVOKE INSERT, UPDATE, DELETE ON programmes_balance FROM {app};
CREATE POLICY balance_blind_insert ON programmes_balance FOR INSERT TO {blind} WITH CHECK (true);
CREATE POLICY balance_blind_update ON programmes_balance FOR UPDATE TO {blind} USING (true) WITH CHECK (true);
GRANT INSERT, UPDATE ON programmes_balance TO {blind};
CREATE TRIGGER posting_guarded BEFORE INSERT ON programmes_posting FOR EACH ROW EXECUTE FUNCTION hueandcry_posting_guarded();

-- At the end of the transaction each entry balances for each fund, reversals are exact, and restricted money is where it
-- may be. Asked of every entry, whoever wrote it and however.
CREATE FUNCTION hueandcry_entry_checked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE wrong text; held record; found programmes_entry; spent numeric; cash numeric; kept numeric; over numeric; cost numeric; mine numeric;
BEGIN
    SELECT * INTO found FROM programmes_entry e WHERE e.id = NEW.id;
    IF (SELECT count(*) FROM programmes_posting t WHERE t.entry_id = NEW.id) < 2 THEN
        PERFORM hueandcry_refuse('An entry has two lines at least.');
    END IF;
    SELECT f.code INTO wrong FROM programmes_posting t JOIN programmes_fund f ON f.id = t.fund_id WHERE t.entry_id = NEW.id
        GROUP BY f.code HAVING sum(t.value) <> 0 ORDER BY 1 LIMIT 1;
    IF wrong IS NOT NULL THEN PERFORM hueandcry_refuse(format('The entry does not balance in the fund %s.', wrong)); END IF;
    -- what is promised is kept apart from what is owed: commitments balance by themselves
    SELECT f.code INTO wrong FROM programmes_posting t JOIN programmes_fund f ON f.id = t.fund_id WHERE t.entry_id = NEW.id AND t.account_id IN ('9000', '9100')
        GROUP BY f.code HAVING sum(t.value) <> 0 ORDER BY 1 LIMIT 1;
    IF wrong IS NOT NULL THEN PERFORM hueandcry_refuse(format('Commitments do not balance in the fund %s.', wrong)); END IF;
    IF found.reverses_id IS NOT NULL THEN
        IF EXISTS ((SELECT account_id, fund_id, currency, -amount, -value FROM programmes_posting WHERE entry_id = found.reverses_id
                    EXCEPT ALL SELECT account_id, fund_id, currency, amount, value FROM programmes_posting WHERE entry_id = NEW.id)
                   UNION ALL (SELECT account_id, fund_id, currency, amount, value FROM programmes_posting WHERE entry_id = NEW.id
                    EXCEPT ALL SELECT account_id, fund_id, currency, -amount, -value FROM programmes_posting WHERE entry_id = found.reverses_id))
           OR EXISTS (SELECT 1 FROM programmes_entry e WHERE e.id = found.reverses_id
                      AND (e.programme_id IS DISTINCT FROM found.programme_id OR e.component_id IS DISTINCT FROM found.component_id)) THEN
            PERFORM hueandcry_refuse('A reversal has each line of what it reverses, with the other sign, and no other.');
        END IF;
    END IF;
    FOR held IN SELECT DISTINCT f.* FROM programmes_posting t JOIN programmes_fund f ON f.id = t.fund_id WHERE t.entry_id = NEW.id ORDER BY f.id LOOP
        IF found.reverses_id IS NULL THEN
            wrong := hueandcry_misspent(NEW.id, held.id);
            IF wrong IS NOT NULL THEN PERFORM hueandcry_refuse(wrong); END IF;
        END IF;
        SELECT coalesce(sum(b.value) FILTER (WHERE b.account = '1000'), 0), coalesce(sum(b.value) FILTER (WHERE b.account = '9000'), 0),
               coalesce(sum(b.value) FILTER (WHERE b.account IN ('5100', '9000') AND b.overhead), 0),
               coalesce(sum(b.value) FILTER (WHERE b.account IN ('5000', '5100', '9000')), 0)
          INTO cash, kept, over, spent FROM programmes_balance b WHERE b.fund = held.id;
        IF cash < 0 THEN PERFORM hueandcry_refuse(format('The fund %s has not received so much.', held.code)); END IF;
        IF kept > cash THEN PERFORM hueandcry_refuse(format('The fund %s has promised what is left of it to others.', held.code)); END IF;
        IF kept < 0 THEN PERFORM hueandcry_refuse(format('The fund %s has not promised so much.', held.code)); END IF;
        IF found.reverses_id IS NULL AND over * 100 > spent * held.overhead THEN
            PERFORM hueandcry_refuse(format('The fund %s pays overheads up to %s percent of what it pays.', held.code, held.overhead));
        END IF;
        -- each programme's promise is kept apart: none is paid out of another's
        IF EXISTS (SELECT 1 FROM programmes_balance b WHERE b.fund = held.id AND b.account = '9000' AND b.programme = coalesce(found.programme_id, 0) AND b.value < 0) THEN
            PERFORM hueandcry_refuse(format('The fund %s has not promised so much to this part of the programme.', held.code));
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Why an entry may not use a fund as it does: NULL where it may.
CREATE FUNCTION hueandcry_misspent(wanted bigint, from_fund bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE held programmes_fund; entry programmes_entry; p programmes_programme; c programmes_component; paid numeric; planned numeric;
BEGIN
    SELECT * INTO held FROM programmes_fund WHERE id = from_fund;
    SELECT * INTO entry FROM programmes_entry WHERE id = wanted;
    IF NOT EXISTS (SELECT 1 FROM programmes_posting t JOIN programmes_account a ON a.code = t.account_id WHERE t.entry_id = wanted AND t.fund_id = from_fund
                   AND (a.kind = 'expense' OR t.account_id = '9000') AND t.value > 0) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT 1 FROM programmes_posting t WHERE t.entry_id = wanted AND t.fund_id = from_fund AND t.account_id = '5200' AND t.value > 0) AND NOT held.running THEN
        RETURN format('The fund %s does not pay what the office costs.', held.code);
    END IF;
    IF entry.day < held.opens OR entry.day > held.closes THEN
        RETURN format('The fund %s pays from %s to %s.', held.code, held.opens, coalesce(held.closes::text, '…'));
    END IF;
    IF NOT EXISTS (SELECT 1 FROM programmes_posting t WHERE t.entry_id = wanted AND t.fund_id = from_fund AND t.account_id IN ('5000', '5100', '9000') AND t.value > 0) THEN
        RETURN NULL;
    END IF;
    IF entry.component_id IS NULL THEN RETURN 'Say for which component of which programme.'; END IF;
    SELECT * INTO p FROM programmes_programme WHERE id = entry.programme_id;
    SELECT * INTO c FROM programmes_component WHERE id = entry.component_id;
    IF p.state NOT IN ('approved', 'agreed', 'running') THEN RETURN format('The programme %s is not one that is paid for: %s.', p.code, p.state); END IF;
    IF EXISTS (SELECT 1 FROM programmes_posting t WHERE t.entry_id = wanted AND t.fund_id = from_fund AND t.account_id IN ('5000', '5100') AND t.value > 0) THEN
        IF p.state <> 'running' THEN RETURN format('The programme %s does not run: what is promised can wait.', p.code); END IF;
        IF (c.kind = 'overhead') <> EXISTS (SELECT 1 FROM programmes_posting t WHERE t.entry_id = wanted AND t.fund_id = from_fund AND t.account_id = '5100' AND t.value > 0) THEN
            RETURN 'Overheads are booked as overheads, and nothing else is.';
        END IF;
    END IF;
    IF held.countries <> '{}' AND NOT (CASE WHEN c.country <> '' THEN ARRAY[c.country]::varchar[] ELSE p.countries END) <@ held.countries THEN
        RETURN format('The fund %s pays for %s alone.', held.code, array_to_string(held.countries, ', '));
    END IF;
    IF held.aspects <> '{}' AND c.kind <> 'overhead' AND NOT c.aspect = ANY (held.aspects) THEN
        RETURN format('The fund %s pays for %s alone.', held.code, array_to_string(held.aspects, ', '));
    END IF;
    -- a matched fund: its part of the programme's plan, told in its own currency where that is the plan's
    IF held.share < 100 THEN
        SELECT coalesce(hueandcry_in_plan(held.id, sum(b.value)::bigint, p.currency, entry.day), 0) INTO paid FROM programmes_balance b
         WHERE b.programme = p.id AND b.fund = held.id AND b.account IN ('5000', '5100', '9000');
        SELECT coalesce(sum(x.cost), 0) INTO planned FROM programmes_component x WHERE x.programme_id = p.id;
        IF paid * 100 > planned * held.share THEN RETURN format('The fund %s pays at most %s percent of a programme.', held.code, held.share); END IF;
    END IF;
    RETURN NULL;
END $$;
-- A value of a fund in another currency, by the newest rate on or before a day. Refused where there is none.
CREATE FUNCTION hueandcry_in_plan(of_fund bigint, told bigint, wanted text, on_day date) RETURNS numeric
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE has text; found numeric;
BEGIN
    SELECT f.currency INTO has FROM programmes_fund f WHERE f.id = of_fund;
    IF has = wanted THEN RETURN told; END IF;
    found := hueandcry_rate(has, wanted, on_day);
    IF found IS NULL THEN PERFORM hueandcry_refuse(format('There is no rate of %s in %s on %s.', has, wanted, on_day)); END IF;
    RETURN told * found * (10::numeric ^ (hueandcry_minor(wanted) - hueandcry_minor(has)));
END $$;
-- How many digits the smallest unit of a currency has (ISO 4217).
CREATE FUNCTION hueandcry_minor(wanted text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN wanted IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 0
                WHEN wanted IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3 WHEN wanted IN ('CLF', 'UYW') THEN 4 ELSE 2 END $$;
CREATE FUNCTION hueandcry_rate(has text, wanted text, on_day date) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT CASE WHEN has = wanted THEN 1 ELSE (
        SELECT CASE WHEN r.currency = has THEN r.rate ELSE 1 / r.rate END FROM programmes_rate r
        WHERE ((r.currency = has AND r.base = wanted) OR (r.currency = wanted AND r.base = has)) AND r.day <= on_day ORDER BY r.day DESC, r.id DESC LIMIT 1) END $$;
CREATE CONSTRAINT TRIGGER entry_checked AFTER INSERT ON programmes_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hueandcry_entry_checked();

-- What is on the books, by fund, programme, component, account, currency and year: sums, without who was paid. Members see
-- all of it; everybody what went to programmes that are told to everybody.
CREATE FUNCTION hueandcry_books(on_day date) RETURNS TABLE (fund bigint, programme bigint, component bigint, account text, kind text, currency text,
    year integer, amount numeric, value numeric, entries bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT t.fund_id, e.programme_id, e.component_id, t.account_id, e.kind, t.currency, extract(year FROM e.day)::integer, sum(t.amount), sum(t.value), count(*)
    FROM programmes_posting t JOIN programmes_entry e ON e.id = t.entry_id LEFT JOIN programmes_programme p ON p.id = e.programme_id
    WHERE (hueandcry_member() OR hueandcry_told_to_all(p.state)) AND e.day <= on_day
    GROUP BY 1, 2, 3, 4, 5, 6, 7 $$;
-- The funds that paid for programmes told to everybody: their names and givers.
CREATE FUNCTION hueandcry_givers() RETURNS TABLE (fund bigint, code text, name text, giver text, currency text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT f.id, f.code, f.name, f.giver, f.currency FROM programmes_fund f WHERE hueandcry_member() OR EXISTS (
        SELECT 1 FROM programmes_posting t JOIN programmes_entry e ON e.id = t.entry_id JOIN programmes_programme p ON p.id = e.programme_id
        WHERE t.fund_id = f.id AND hueandcry_told_to_all(p.state)) $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Fees, invoices, the bank: the treasurer's. A member sees its own invoices; every member sees what fees are.
CREATE POLICY fee_read ON programmes_fee FOR SELECT TO {app} USING ((SELECT hueandcry_member()));
CREATE POLICY fee_insert ON programmes_fee FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_treasurer()) AND person = (SELECT hueandcry_person()));
REVOKE UPDATE, DELETE ON programmes_fee FROM {app};
CREATE POLICY invoice_read ON programmes_invoice FOR SELECT TO {app} USING ((SELECT hueandcry_reads_books())
    OR (organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{administrator,treasurer,officer}'))));
CREATE POLICY invoice_insert ON programmes_invoice FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_treasurer()) AND person = (SELECT hueandcry_person()));
CREATE POLICY invoice_update ON programmes_invoice FOR UPDATE TO {app} USING ((SELECT hueandcry_treasurer())) WITH CHECK ((SELECT hueandcry_treasurer()));
REVOKE UPDATE, DELETE ON programmes_invoice FROM {app};
GRANT UPDATE (reminders, reminded) ON programmes_invoice TO {app};
CREATE POLICY bankline_read ON programmes_bankline FOR SELECT TO {app} USING ((SELECT hueandcry_treasurer()));
CREATE POLICY bankline_insert ON programmes_bankline FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_treasurer()) AND person = (SELECT hueandcry_person()) AND aside = '');
CREATE POLICY bankline_update ON programmes_bankline FOR UPDATE TO {app} USING ((SELECT hueandcry_treasurer())) WITH CHECK ((SELECT hueandcry_treasurer()));
REVOKE UPDATE, DELETE ON programmes_bankline FROM {app};
GRANT UPDATE (entry_id, aside) ON programmes_bankline TO {app};

-- Calls, interests and redirections: what officers and the office know, told to all members; bids: their organisation's, the office's.
CREATE POLICY call_read ON programmes_call FOR SELECT TO {app} USING ((SELECT hueandcry_member()));
CREATE POLICY call_insert ON programmes_call FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_member()) AND (SELECT hueandcry_holds('{officer,secretary,treasurer}'))
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()));
CREATE POLICY call_update ON programmes_call FOR UPDATE TO {app} USING (organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{officer,secretary,treasurer}')))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()));
REVOKE UPDATE, DELETE ON programmes_call FROM {app};
GRANT UPDATE (title, url, budget, criteria, deadline) ON programmes_call TO {app};
CREATE POLICY bid_read ON programmes_bid FOR SELECT TO {app} USING (organisation = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_reads_books()));
CREATE POLICY bid_insert ON programmes_bid FOR INSERT TO {app} WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND (SELECT hueandcry_holds('{officer,secretary,treasurer}')) AND state = 'draft'
    AND EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id AND p.organisation = programmes_bid.organisation));
CREATE POLICY bid_update ON programmes_bid FOR UPDATE TO {app} USING (organisation = (SELECT hueandcry_organisation()) AND (SELECT hueandcry_holds('{officer,secretary,treasurer}')))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()));
REVOKE UPDATE, DELETE ON programmes_bid FROM {app};
GRANT UPDATE (asked, answers, state, answered) ON programmes_bid TO {app};
CREATE FUNCTION hueandcry_bid_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('draft', 'submitted'), ('draft', 'withdrawn'), ('submitted', 'won'), ('submitted', 'lost'), ('submitted', 'withdrawn')) THEN
        PERFORM hueandcry_refuse(format('There is no way from %s to %s.', OLD.state, NEW.state));
    END IF;
    IF OLD.state = 'draft' AND NEW.state = 'submitted' AND (SELECT c.deadline FROM programmes_call c WHERE c.id = OLD.call_id) < current_date THEN
        PERFORM hueandcry_refuse('The call has ended.');
    END IF;
    IF OLD.state <> 'draft' AND hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{state,answered}') THEN PERFORM hueandcry_refuse('What was submitted does not change.'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bid_moves BEFORE UPDATE ON programmes_bid FOR EACH ROW EXECUTE FUNCTION hueandcry_bid_moves();
CREATE POLICY interest_read ON programmes_interest FOR SELECT TO {app} USING (organisation = (SELECT hueandcry_organisation())
    OR ((SELECT hueandcry_member()) AND (SELECT hueandcry_holds('{officer,secretary,treasurer,board}'))));
CREATE POLICY interest_insert ON programmes_interest FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_member()) AND organisation = (SELECT hueandcry_organisation())
    AND person = (SELECT hueandcry_person()) AND (SELECT hueandcry_holds('{officer,secretary,treasurer,administrator}')));
CREATE POLICY interest_update ON programmes_interest FOR UPDATE TO {app} USING (organisation = (SELECT hueandcry_organisation())
    AND (SELECT hueandcry_holds('{officer,secretary,treasurer,administrator}'))) WITH CHECK (organisation = (SELECT hueandcry_organisation()));
REVOKE UPDATE, DELETE ON programmes_interest FROM {app};
GRANT UPDATE (ended_at) ON programmes_interest TO {app};
CREATE POLICY redirection_read ON programmes_redirection FOR SELECT TO {app} USING ((SELECT hueandcry_member()) AND (SELECT hueandcry_holds('{officer,secretary,treasurer,board}')));
CREATE POLICY redirection_insert ON programmes_redirection FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_member()) AND organisation = (SELECT hueandcry_organisation())
    AND person = (SELECT hueandcry_person()) AND (SELECT hueandcry_holds('{officer,secretary,treasurer}')));
CREATE POLICY redirection_delete ON programmes_redirection FOR DELETE TO {app} USING (person = (SELECT hueandcry_person()));
REVOKE UPDATE ON programmes_redirection FROM {app};

-- ---------------------------------------------------------------------------------------------------------------------
-- Programmes: an idea and a draft are their organisation's and the office's; put up for appraisal every member reads them;
-- agreed with the country everybody does.
-- Who appraised a plan goes on to see it, also where it went back to its draft.
CREATE FUNCTION hueandcry_appraised(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT hueandcry_member() AND EXISTS (SELECT 1 FROM programmes_appraisal a WHERE a.programme_id = wanted AND a.organisation = hueandcry_organisation()) $$;
CREATE POLICY programme_read ON programmes_programme FOR SELECT TO {app} USING (hueandcry_told_to_all(state)
    OR organisation = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_office()) OR (SELECT hueandcry_treasurer())
    OR (state NOT IN ('idea', 'draft') AND (SELECT hueandcry_member())) OR (state IN ('idea', 'draft') AND hueandcry_appraised(id)));
CREATE POLICY programme_insert ON programmes_programme FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_member()) AND (SELECT hueandcry_holds('{officer}'))
    AND organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()) AND state IN ('idea', 'draft') AND agreed = '{}');
CREATE POLICY programme_update ON programmes_programme FOR UPDATE TO {app} USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE ON programmes_programme FROM {app};
GRANT UPDATE (kind, title, state, objective, theory, countries, aspect, priority, request, starts, ends, currency, builds_on, reason, agreed) ON programmes_programme TO {app};

CREATE FUNCTION hueandcry_programme_who(wanted bigint) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE p programmes_programme; made text[] := '{}'; home text; kind text; partner boolean;
BEGIN
    SELECT * INTO p FROM programmes_programme WHERE id = wanted;
    IF p.id IS NULL OR NOT hueandcry_member() THEN RETURN made; END IF;
    SELECT o.country, o.kind INTO home, kind FROM members_organisation o WHERE o.id = hueandcry_organisation();
    SELECT EXISTS (SELECT 1 FROM programmes_partner r WHERE r.programme_id = wanted AND r.organisation = hueandcry_organisation()) INTO partner;
    IF p.organisation = hueandcry_organisation() AND hueandcry_holds('{officer}') THEN made := made || 'owner'::text; END IF;
    IF hueandcry_office() THEN made := made || 'office'::text; END IF;
    IF hueandcry_on_board() THEN made := made || 'board'::text; END IF;
    IF home = ANY (p.countries) AND kind IN ('government', 'law-enforcement') AND hueandcry_holds('{officer,administrator}') THEN made := made || 'country'::text; END IF;
    IF p.organisation <> hueandcry_organisation() AND NOT partner AND hueandcry_holds('{officer,assessor}') THEN made := made || '{appraiser,evaluator}'::text[]; END IF;
    RETURN made;
END $$;
CREATE FUNCTION hueandcry_programme_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE is_who text[] := hueandcry_programme_who(OLD.id); round_now integer;
BEGIN
    IF NEW.state = OLD.state THEN
        IF NOT 'owner' = ANY (is_who) THEN PERFORM hueandcry_refuse('It is somebody else''s.'); END IF;
        IF OLD.state NOT IN ('idea', 'draft') THEN PERFORM hueandcry_refuse('A plan that was put up for appraisal does not change: take it back first.'); END IF;
        IF NEW.agreed <> OLD.agreed THEN PERFORM hueandcry_refuse('A country agrees for itself.'); END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM programmes_moverule r WHERE r.before = OLD.state AND r.after = NEW.state) THEN
        PERFORM hueandcry_refuse(format('There is no way from %s to %s.', OLD.state, NEW.state));
    END IF;
    IF NOT EXISTS (SELECT 1 FROM programmes_moverule r WHERE r.before = OLD.state AND r.after = NEW.state AND r.who = ANY (is_who)) THEN
        PERFORM hueandcry_refuse(format('From %s to %s is for others to decide: %s.', OLD.state, NEW.state,
            (SELECT string_agg(r.who, ', ' ORDER BY r.who) FROM programmes_moverule r WHERE r.before = OLD.state AND r.after = NEW.state)));
    END IF;
    IF hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), CASE WHEN NEW.state = 'agreed' THEN '{state,reason,agreed}' ELSE '{state,reason}' END::text[]) THEN
        PERFORM hueandcry_refuse('A move changes the state and gives its reason, nothing else.');
    END IF;
    SELECT count(*) FROM programmes_move m WHERE m.programme_id = OLD.id AND m.after = 'appraisal' INTO round_now;
    IF NEW.state = 'appraisal' AND (NEW.objective = '' OR NEW.theory = '' OR NEW.starts IS NULL OR NEW.ends IS NULL
            OR NOT EXISTS (SELECT 1 FROM programmes_component c WHERE c.programme_id = OLD.id)
            OR NOT EXISTS (SELECT 1 FROM programmes_milestone m WHERE m.programme_id = OLD.id)
            OR NOT EXISTS (SELECT 1 FROM programmes_indicator i WHERE i.programme_id = OLD.id AND i.baseline IS NOT NULL AND i.target IS NOT NULL)
            OR (SELECT count(DISTINCT r.kind) FROM programmes_risk r WHERE r.programme_id = OLD.id
                AND r.kind IN ('human-rights', 'data-protection', 'corruption', 'conflict-of-interest')) < 4) THEN
        PERFORM hueandcry_refuse('A plan is put up when it has an objective, a theory of change, its days, a component, a milestone, an indicator with baseline and target, and an answer to each of the four safeguards.');
    END IF;
    IF NEW.state = 'appraised' AND (SELECT count(DISTINCT a.organisation) FROM programmes_appraisal a WHERE a.programme_id = OLD.id AND a.round = round_now
            AND a.verdict = 'sound') < 2 THEN
        PERFORM hueandcry_refuse('Two people of two other organisations find it sound first.');
    END IF;
    IF NEW.state = 'approved' AND NOT hueandcry_adopted(OLD.id, OLD.reference) THEN PERFORM hueandcry_refuse('The board has not adopted it.'); END IF;
    IF NEW.state = 'agreed' AND (coalesce(NEW.agreed ->> 'name', '') = '' OR coalesce(NEW.agreed ->> 'words', '') = '') THEN
        PERFORM hueandcry_refuse('Say who agrees for the country, and to what.');
    END IF;
    IF NEW.state = 'running' AND OLD.state = 'agreed' AND NOT EXISTS (SELECT 1 FROM programmes_balance b WHERE b.programme = OLD.id AND b.account = '9000' AND b.value > 0) THEN
        PERFORM hueandcry_refuse('A programme runs when money is committed to it.');
    END IF;
    IF NEW.state = 'closed' AND EXISTS (SELECT 1 FROM programmes_balance b WHERE b.programme = OLD.id AND b.account = '9000' AND b.value > 0) THEN
        PERFORM hueandcry_refuse('Money is still committed to it: disburse or release that first.');
    END IF;
    IF NEW.state = 'evaluated' THEN
        IF NOT EXISTS (SELECT 1 FROM programmes_evaluation v WHERE v.programme_id = OLD.id AND v.person = hueandcry_person()) THEN
            PERFORM hueandcry_refuse('Write the evaluation first.');
        END IF;
    END IF;
    IF NEW.state IN ('dropped', 'suspended') AND NEW.reason = '' THEN PERFORM hueandcry_refuse('Give the reason.'); END IF;
    INSERT INTO programmes_move (programme_id, before, after, person, reason, at) VALUES (OLD.id, OLD.state, NEW.state, hueandcry_person(),
        CASE WHEN NEW.reason <> OLD.reason THEN NEW.reason ELSE '' END, now());
    RETURN NEW;
END $$;
CREATE TRIGGER programme_moves BEFORE UPDATE ON programmes_programme FOR EACH ROW EXECUTE FUNCTION hueandcry_programme_moves();
CREATE FUNCTION hueandcry_adopted(wanted bigint, called uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    -- the newest word of the board counts
    SELECT coalesce((SELECT b.outcome = 'adopted' FROM programmes_ballot b LEFT JOIN programmes_portfolio f ON f.id = b.portfolio_id
        WHERE b.outcome IN ('adopted', 'rejected') AND (b.programme_id = wanted OR f.answer -> 'funded' ? called::text)
        ORDER BY b.counted_at DESC, b.id DESC LIMIT 1), false) $$;
CREATE POLICY programmemove_read ON programmes_move FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id));
REVOKE INSERT, UPDATE, DELETE ON programmes_move FROM {app};
CREATE POLICY programmemove_blind ON programmes_move FOR INSERT TO {blind} WITH CHECK (true);
GRANT INSERT ON programmes_move TO {blind};
-- The next code of a kind, place and year, among all programmes: also those that the viewer does not see.
CREATE FUNCTION hueandcry_next_code(stem text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF stem !~ '^(NCAP|ICAP)-[A-Z]{2,3}-[0-9]{4}$' OR NOT hueandcry_member() THEN PERFORM hueandcry_refuse('This is not yours to do.'); END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('programmes code ' || stem, 0));
    RETURN stem || '-' || (SELECT 1 + coalesce(max((regexp_match(p.code, '([0-9]+)$'))[1]::integer), 0) FROM programmes_programme p WHERE p.code LIKE stem || '-%');
END $$;
-- Children of a programme are seen with it.
CREATE FUNCTION hueandcry_plan_open(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = wanted AND p.state IN ('idea', 'draft') AND 'owner' = ANY (hueandcry_programme_who(wanted))) $$;
CREATE FUNCTION hueandcry_programme_goes_on(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = wanted AND p.state IN ('running', 'suspended', 'closed') AND 'owner' = ANY (hueandcry_programme_who(wanted))) $$;
DO $$
DECLARE each text;
BEGIN
    FOREACH each IN ARRAY ARRAY['component', 'partner', 'milestone', 'risk', 'indicator'] LOOP
        EXECUTE format('CREATE POLICY programme_%1$s_read ON programmes_%1$s FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id))', each);
        EXECUTE format('CREATE POLICY programme_%1$s_insert ON programmes_%1$s FOR INSERT TO {app} WITH CHECK (hueandcry_plan_open(programme_id))', each);
        EXECUTE format('CREATE POLICY programme_%1$s_delete ON programmes_%1$s FOR DELETE TO {app} USING (hueandcry_plan_open(programme_id))', each);
        IF each <> 'milestone' THEN
            EXECUTE format('CREATE POLICY programme_%1$s_update ON programmes_%1$s FOR UPDATE TO {app} USING (hueandcry_plan_open(programme_id)) WITH CHECK (hueandcry_plan_open(programme_id))', each);
        END IF;
    END LOOP;
END $$;
-- A milestone is told done by its owner, while the programme goes on, and seen by somebody of another organisation.
CREATE POLICY programme_milestone_update ON programmes_milestone FOR UPDATE TO {app} USING (EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id))
    WITH CHECK (EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id));
CREATE FUNCTION hueandcry_milestone_guarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.done IS NOT NULL OR NEW.seen_by IS NOT NULL THEN PERFORM hueandcry_refuse('A milestone is done when it is done.'); END IF;
        RETURN NEW;
    END IF;
    IF hueandcry_plan_open(OLD.programme_id) AND NOT hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{title,due,component_id}') THEN RETURN NEW; END IF;
    IF hueandcry_programme_goes_on(OLD.programme_id) AND OLD.seen_by IS NULL AND NEW.told_by = hueandcry_person() AND NEW.done <= current_date
        AND NOT hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{done,evidence,told_by}') THEN RETURN NEW; END IF;
    IF OLD.done IS NOT NULL AND NEW.seen_by = hueandcry_person() AND hueandcry_programme_who(OLD.programme_id) && '{appraiser,office,country}'
        AND NEW.seen_by <> OLD.told_by AND NOT hueandcry_differs(to_jsonb(OLD), to_jsonb(NEW), '{seen_by,seen_at}') THEN RETURN NEW; END IF;
    PERFORM hueandcry_refuse('This is not yours to say, or not now.');
    RETURN NULL;
END $$;
CREATE TRIGGER milestone_guarded BEFORE INSERT OR UPDATE ON programmes_milestone FOR EACH ROW EXECUTE FUNCTION hueandcry_milestone_guarded();

CREATE POLICY programme_reading_read ON programmes_reading FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM programmes_indicator i WHERE i.id = indicator_id));
CREATE POLICY programme_reading_insert ON programmes_reading FOR INSERT TO {app} WITH CHECK (person = (SELECT hueandcry_person()) AND day <= current_date
    AND EXISTS (SELECT 1 FROM programmes_indicator i WHERE i.id = indicator_id AND hueandcry_programme_goes_on(i.programme_id)));
REVOKE UPDATE, DELETE ON programmes_reading FROM {app};
CREATE POLICY programme_appraisal_read ON programmes_appraisal FOR SELECT TO {app} USING ((SELECT hueandcry_member()) AND EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id));
CREATE POLICY programme_appraisal_insert ON programmes_appraisal FOR INSERT TO {app} WITH CHECK (person = (SELECT hueandcry_person()) AND organisation = (SELECT hueandcry_organisation())
    AND 'appraiser' = ANY (hueandcry_programme_who(programme_id)) AND round = (SELECT count(*) FROM programmes_move m WHERE m.programme_id = programmes_appraisal.programme_id AND m.after = 'appraisal')
    AND EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id AND p.state = 'appraisal'));
REVOKE UPDATE, DELETE ON programmes_appraisal FROM {app};
CREATE POLICY programme_overlap_read ON programmes_overlap FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id));
CREATE POLICY programme_overlap_insert ON programmes_overlap FOR INSERT TO {app} WITH CHECK (person = (SELECT hueandcry_person())
    AND hueandcry_programme_who(programme_id) && '{owner,appraiser,office}');
CREATE POLICY programme_overlap_update ON programmes_overlap FOR UPDATE TO {app} USING (hueandcry_programme_who(programme_id) && '{owner,appraiser,office}')
    WITH CHECK (person = (SELECT hueandcry_person()) AND hueandcry_programme_who(programme_id) && '{owner,appraiser,office}');
REVOKE UPDATE, DELETE ON programmes_overlap FROM {app};
GRANT UPDATE (verdict, words, person, at) ON programmes_overlap TO {app};
CREATE POLICY programme_lesson_read ON programmes_lesson FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id));
CREATE POLICY programme_lesson_insert ON programmes_lesson FOR INSERT TO {app} WITH CHECK (person = (SELECT hueandcry_person()) AND hueandcry_programme_goes_on(programme_id));
REVOKE UPDATE, DELETE ON programmes_lesson FROM {app};
-- Evaluated by somebody else, a year after it ended.
CREATE POLICY programme_evaluation_read ON programmes_evaluation FOR SELECT TO {app} USING (EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id));
CREATE POLICY programme_evaluation_insert ON programmes_evaluation FOR INSERT TO {app} WITH CHECK (person = (SELECT hueandcry_person()) AND organisation = (SELECT hueandcry_organisation())
    AND 'evaluator' = ANY (hueandcry_programme_who(programme_id))
    AND EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id AND p.state = 'closed' AND p.ends <= current_date - 365)
    AND NOT EXISTS (SELECT 1 FROM programmes_appraisal a WHERE a.programme_id = programmes_evaluation.programme_id AND a.organisation = (SELECT hueandcry_organisation())));
REVOKE UPDATE, DELETE ON programmes_evaluation FROM {app};

-- ---------------------------------------------------------------------------------------------------------------------
-- The board.
CREATE POLICY seat_read ON programmes_seat FOR SELECT TO {app} USING ((SELECT hueandcry_member()));
CREATE POLICY seat_insert ON programmes_seat FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_office()) AND person = (SELECT hueandcry_person()) AND until IS NULL);
CREATE POLICY seat_update ON programmes_seat FOR UPDATE TO {app} USING ((SELECT hueandcry_office()) AND until IS NULL) WITH CHECK ((SELECT hueandcry_office()));
REVOKE UPDATE, DELETE ON programmes_seat FROM {app};
GRANT UPDATE (until) ON programmes_seat TO {app};
CREATE POLICY portfolio_read ON programmes_portfolio FOR SELECT TO {app} USING ((SELECT hueandcry_member()) AND (organisation = (SELECT hueandcry_organisation())
    OR (SELECT hueandcry_reads_books()) OR EXISTS (SELECT 1 FROM programmes_ballot b WHERE b.portfolio_id = programmes_portfolio.id)));
CREATE POLICY portfolio_insert ON programmes_portfolio FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_member()) AND organisation = (SELECT hueandcry_organisation())
    AND person = (SELECT hueandcry_person()) AND ((SELECT hueandcry_reads_books()) OR (SELECT hueandcry_holds('{officer}'))));
REVOKE UPDATE, DELETE ON programmes_portfolio FROM {app};
CREATE POLICY ballot_read ON programmes_ballot FOR SELECT TO {app} USING ((SELECT hueandcry_member()));
CREATE POLICY ballot_insert ON programmes_ballot FOR INSERT TO {app} WITH CHECK (((SELECT hueandcry_office()) OR (SELECT hueandcry_treasurer())) AND person = (SELECT hueandcry_person())
    AND outcome = 'open' AND counted_at IS NULL AND closes >= current_date
    AND (programme_id IS NULL OR EXISTS (SELECT 1 FROM programmes_programme p WHERE p.id = programme_id AND p.state = 'appraised')));
CREATE POLICY ballot_update ON programmes_ballot FOR UPDATE TO {app} USING ((SELECT hueandcry_office()) OR (SELECT hueandcry_on_board()) OR (SELECT hueandcry_treasurer())) WITH CHECK (true);
REVOKE UPDATE, DELETE ON programmes_ballot FROM {app};
GRANT UPDATE (outcome, counted_at) ON programmes_ballot TO {app};
-- The outcome is what the votes say, whatever is written: half of the seats vote, and more of them for it than against.
CREATE FUNCTION hueandcry_ballot_counted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE seats bigint; voted bigint; pro bigint; contra bigint;
BEGIN
    IF OLD.outcome <> 'open' THEN PERFORM hueandcry_refuse('The ballot was counted.'); END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('programmes ballot ' || OLD.id, 0));
    SELECT count(*) INTO seats FROM programmes_seat s WHERE s.until IS NULL AND s.since <= current_date;
    SELECT count(*), count(*) FILTER (WHERE v.choice = 'for'), count(*) FILTER (WHERE v.choice = 'against') INTO voted, pro, contra
        FROM programmes_vote v WHERE v.ballot_id = OLD.id;
    IF voted < seats AND current_date <= OLD.closes THEN PERFORM hueandcry_refuse('A ballot is counted when all have voted, or when it has ended.'); END IF;
    NEW.outcome := CASE WHEN voted * 2 < seats OR voted = 0 THEN 'no-quorum' WHEN pro > contra THEN 'adopted' ELSE 'rejected' END;
    NEW.counted_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_counted BEFORE UPDATE ON programmes_ballot FOR EACH ROW EXECUTE FUNCTION hueandcry_ballot_counted();
CREATE POLICY vote_read ON programmes_vote FOR SELECT TO {app} USING ((SELECT hueandcry_member()) AND (organisation = (SELECT hueandcry_organisation())
    OR EXISTS (SELECT 1 FROM programmes_ballot b WHERE b.id = ballot_id AND b.outcome <> 'open')));
CREATE POLICY vote_insert ON programmes_vote FOR INSERT TO {app} WITH CHECK ((SELECT hueandcry_on_board()) AND organisation = (SELECT hueandcry_organisation())
    AND person = (SELECT hueandcry_person()) AND EXISTS (SELECT 1 FROM programmes_ballot b LEFT JOIN programmes_programme p ON p.id = b.programme_id
        -- whose programme it is does not vote on it
        WHERE b.id = ballot_id AND b.outcome = 'open' AND current_date <= b.closes AND p.organisation IS DISTINCT FROM (SELECT hueandcry_organisation())));
REVOKE UPDATE, DELETE ON programmes_vote FROM {app};
-- Votes and the count wait for each other.
CREATE FUNCTION hueandcry_vote_guarded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('programmes ballot ' || NEW.ballot_id, 0));
    IF NOT EXISTS (SELECT 1 FROM programmes_ballot b WHERE b.id = NEW.ballot_id AND b.outcome = 'open') THEN PERFORM hueandcry_refuse('The ballot was counted.'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vote_guarded BEFORE INSERT ON programmes_vote FOR EACH ROW EXECUTE FUNCTION hueandcry_vote_guarded();
