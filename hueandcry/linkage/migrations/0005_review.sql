-- Of a judgement its organisation may take back what it said; what it said stays as it was said.
REVOKE UPDATE ON linkage_judgement FROM {app};
GRANT UPDATE (withdrawn_at) ON linkage_judgement TO {app};

-- A review is its organisation's; once it is published all members read what came of it, and no pair of it.
CREATE POLICY reviewround_read ON linkage_reviewround FOR SELECT TO {app} USING (
    organisation = (SELECT hueandcry_organisation())
    OR published_at IS NOT NULL AND 2 = ANY ((SELECT hueandcry_principals())::bigint[]));
CREATE POLICY reviewround_insert ON linkage_reviewround FOR INSERT TO {app} WITH CHECK (
    organisation = (SELECT hueandcry_organisation()) AND person = (SELECT hueandcry_person()));
CREATE POLICY reviewround_update ON linkage_reviewround FOR UPDATE TO {app} USING (
    organisation = (SELECT hueandcry_organisation()));
REVOKE UPDATE, DELETE ON linkage_reviewround FROM {app};
GRANT UPDATE (closed_at, published_at, figures) ON linkage_reviewround TO {app};

CREATE POLICY reviewstratum_read ON linkage_reviewstratum FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_reviewround w WHERE w.id = round_id AND w.organisation = (SELECT hueandcry_organisation())));
CREATE POLICY reviewstratum_insert ON linkage_reviewstratum FOR INSERT TO {app} WITH CHECK (
    EXISTS (SELECT 1 FROM linkage_reviewround w WHERE w.id = round_id AND w.organisation = (SELECT hueandcry_organisation())));
REVOKE UPDATE, DELETE ON linkage_reviewstratum FROM {app};

-- A pair that was drawn, and what was said of it, shows while its organisation sees both reports.
CREATE POLICY sampledpair_read ON linkage_sampledpair FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_reviewround w WHERE w.id = round_id AND w.organisation = (SELECT hueandcry_organisation()))
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_sampledpair.left)
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_sampledpair.right));
CREATE POLICY sampledpair_insert ON linkage_sampledpair FOR INSERT TO {app} WITH CHECK (
    EXISTS (SELECT 1 FROM linkage_reviewround w WHERE w.id = round_id AND w.organisation = (SELECT hueandcry_organisation())
        AND w.closed_at IS NULL)
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_sampledpair.left)
    AND EXISTS (SELECT 1 FROM exchange_report r WHERE r.id = linkage_sampledpair.right));
REVOKE UPDATE, DELETE ON linkage_sampledpair FROM {app};

CREATE POLICY pairreading_read ON linkage_pairreading FOR SELECT TO {app} USING (
    EXISTS (SELECT 1 FROM linkage_sampledpair s WHERE s.id = pair_id));
CREATE POLICY pairreading_insert ON linkage_pairreading FOR INSERT TO {app} WITH CHECK (
    person = (SELECT hueandcry_person())
    AND EXISTS (SELECT 1 FROM linkage_sampledpair s JOIN linkage_reviewround w ON w.id = s.round_id
        WHERE s.id = pair_id AND w.closed_at IS NULL));
REVOKE UPDATE, DELETE ON linkage_pairreading FROM {app};
