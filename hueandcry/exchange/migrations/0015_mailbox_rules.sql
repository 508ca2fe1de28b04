-- Mailboxes and what came in them are the operator's: the round that reads letters and the command line enter with the
-- role "operator", which no person can hold. An organisation's administrators manage its senders and read its letters.
CREATE FUNCTION hueandcry_operator() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT 'operator' = ANY (coalesce(nullif(current_setting('hueandcry.roles', true), ''), '{}')::text[]) $$;
CREATE FUNCTION hueandcry_runs_mail(body bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT body = hueandcry_organisation() AND 'administrator'
        = ANY (coalesce(nullif(current_setting('hueandcry.roles', true), ''), '{}')::text[]) $$;

CREATE POLICY mailbox_all ON exchange_mailbox FOR ALL USING ((SELECT hueandcry_operator()))
    WITH CHECK ((SELECT hueandcry_operator()));
CREATE POLICY letter_operator ON exchange_letter FOR ALL USING ((SELECT hueandcry_operator()))
    WITH CHECK ((SELECT hueandcry_operator()));
CREATE POLICY letter_read ON exchange_letter FOR SELECT USING (hueandcry_runs_mail(organisation));
CREATE POLICY sender_read ON exchange_sender FOR SELECT USING (
    (SELECT hueandcry_operator()) OR hueandcry_runs_mail(organisation));
CREATE POLICY sender_write ON exchange_sender FOR INSERT WITH CHECK (hueandcry_runs_mail(organisation));
CREATE POLICY sender_change ON exchange_sender FOR UPDATE USING (hueandcry_runs_mail(organisation));
CREATE POLICY sender_remove ON exchange_sender FOR DELETE USING (hueandcry_runs_mail(organisation));
