-- name: pool
-- The latest reports that the viewer sees and that linkage put into a crime, with the crime of each.
SELECT r.id, c.crime FROM exchange_report r JOIN linkage_crimereport c ON c.report = r.id
WHERE r.state = 'current' AND r.kind = 'incident' ORDER BY r.reported_at DESC, r.id DESC LIMIT %(most)s;
-- name: older
-- How many more there are.
SELECT greatest(count(*) - %(most)s, 0) FROM exchange_report r JOIN linkage_crimereport c ON c.report = r.id
WHERE r.state = 'current' AND r.kind = 'incident';
-- name: judged
-- Pairs that somebody judged: linkage obeys that, so that they say nothing of what it finds by itself.
SELECT DISTINCT j.left, j.right FROM linkage_judgement j WHERE j.withdrawn_at IS NULL AND j.verdict <> 'unsure';
-- name: disputed
-- Pairs of which organisations say the opposite, the latest first, with how many such judgements stand.
SELECT j.left, j.right, max(j.at) FROM linkage_judgement j
WHERE j.withdrawn_at IS NULL AND j.verdict <> 'unsure'
GROUP BY j.left, j.right HAVING count(DISTINCT j.verdict) > 1 ORDER BY max(j.at) DESC, j.left, j.right LIMIT %(most)s;
-- name: counts
-- By stratum of a round: pairs that the viewer still sees.
SELECT s.stratum_id, count(*) FROM linkage_sampledpair s WHERE s.round_id = %(round)s GROUP BY s.stratum_id;
