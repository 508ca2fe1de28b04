-- Channels show to their audience (contact details may be for law enforcement alone); who said so writes them.
CREATE POLICY channel_read ON capacity_channel FOR SELECT TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[]));
CREATE POLICY channel_insert ON capacity_channel FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
    AND audience = ANY ((SELECT hueandcry_audiences())::integer[]) AND 2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY channel_update ON capacity_channel FOR UPDATE TO {app} USING (
    audience = ANY ((SELECT hueandcry_audiences())::integer[])
    AND (organisation = (SELECT hueandcry_organisation()) OR (SELECT hueandcry_secretariat())));
REVOKE DELETE ON capacity_channel FROM {app};

-- What an organisation asked over a channel is its own; others learn the median and how many, from a blind function.
CREATE POLICY channeluse_own ON capacity_channeluse FOR ALL TO {app} USING (organisation = (SELECT hueandcry_organisation()))
    WITH CHECK (organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person())
        AND EXISTS (SELECT 1 FROM capacity_channel c WHERE c.id = channel_id));

-- Median days to an answer, and how many were answered and not, by channel; only where at least three organisations asked.
CREATE FUNCTION hueandcry_channel_times(wanted bigint[])
    RETURNS TABLE (channel bigint, median double precision, answered bigint, unanswered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT u.channel_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY u.answered_on - u.sent_on),
        count(u.answered_on), count(*) - count(u.answered_on)
    FROM capacity_channeluse u JOIN capacity_channel c ON c.id = u.channel_id
    WHERE u.channel_id = ANY (wanted) AND c.audience = ANY (hueandcry_audiences())
    GROUP BY u.channel_id HAVING count(DISTINCT u.organisation) >= 3 $$;
