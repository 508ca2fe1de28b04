-- name: key
-- How the tables of a freeze are made of what was read (DuckDB). facts.py says what each column means.
--
-- What a crime's reports tell differently is settled so that the order of reports does not matter: the value that most
-- of those give that tell one, of equals the first in the alphabet; of days and sums the lower median.
-- 0 to 255 out of a keyed hash; the key is a parameter and stays in the process.
CREATE OR REPLACE MACRO record_key(what, id) AS
    ('0x' || left(sha256(getvariable('record_key') || what || CAST(id AS VARCHAR)), 2))::UTINYINT;

-- name: known
-- Words of ours and of standards alone: what a sender wrote otherwise does not get in.
CREATE TABLE facts AS
SELECT r.id, coalesce(m.crime, -r.id) AS told, r.body, r.source, r.occurred, r.reported, r.arrived,
    split_part(r.main_class, '/', 1) AS cls,
    CASE WHEN contains(r.main_class, '/') THEN r.main_class ELSE '' END AS type,
    list_sort(list_distinct(list_filter(r.countries, lambda c: regexp_full_match(c, '[A-Z]{2}')))) AS countries,
    CASE WHEN regexp_full_match(r.sector, '[A-V]') THEN r.sector ELSE '' END AS sector,
    CASE WHEN r.size IN ('person', 'micro', 'small', 'medium', 'large') THEN r.size ELSE '' END AS size,
    list_sort(list_distinct(list_filter(r.techniques, lambda t: regexp_full_match(t, '[A-Z]{1,5}[0-9]{4}(\.[0-9]{3})?'))))
        AS techniques,
    r.hundredths, CASE WHEN regexp_full_match(r.currency, '[A-Z]{3}') THEN r.currency ELSE '' END AS currency
FROM read_reports r LEFT JOIN read_memberships m ON m.report = r.id;
DROP TABLE read_reports; DROP TABLE read_memberships;

-- name: losses
-- Cents of the euro, half to even, in whole numbers throughout (reference/money.cents): the last rate on or before the
-- day of the crime, or of the report where that is not told, no older than so many days.
CREATE TABLE losses AS
WITH given AS (
    SELECT id, hundredths, currency, coalesce(occurred, reported) AS day FROM facts
    WHERE hundredths IS NOT NULL AND currency <> ''),
rated AS (
    SELECT g.id, g.hundredths, r.currency, r.day AS rate_day, r.per_euro
    FROM given g ASOF LEFT JOIN read_rates r ON g.currency = r.currency AND g.day >= r.day
    WHERE g.currency <> 'EUR' AND r.day >= g.day - $oldest::INTEGER),
parts AS (
    SELECT id, currency, rate_day, hundredths::HUGEINT * 100000000 // per_euro AS q,
        hundredths::HUGEINT * 100000000 % per_euro AS r, per_euro AS d FROM rated)
SELECT id, currency, rate_day, CAST(q + CASE WHEN 2 * r > d OR (2 * r = d AND q % 2 = 1) THEN 1 ELSE 0 END AS HUGEINT) AS loss
FROM parts
UNION ALL SELECT id, 'EUR', NULL, hundredths::HUGEINT FROM given WHERE currency = 'EUR';

-- name: bodies
CREATE TABLE bodies AS
WITH seen AS (SELECT body, min(arrived) AS first, max(arrived) AS last FROM facts GROUP BY body)
SELECT CAST(row_number() OVER (ORDER BY b.kind, b.country, b.sector, b.joined, b.id) AS INTEGER) AS organisation, b.id,
    b.kind, b.country, b.sector, b.joined, s.first, s.last
FROM read_bodies b LEFT JOIN seen s ON s.body = b.id
WHERE b.state <> 'applicant' OR s.body IS NOT NULL;

-- name: numbered
CREATE TABLE told AS
SELECT f.id, f.told, b.organisation, f.source, coalesce(list_position($sources, f.source), 0) AS place, f.occurred,
    f.reported, f.arrived, f.cls, f.type, n.nature, f.countries, f.sector, f.size, f.techniques,
    CASE WHEN l.loss <= $most THEN CAST(l.loss AS BIGINT) END AS loss,
    f.hundredths, f.currency,
    count(*) OVER (PARTITION BY f.told) AS reports
FROM facts f JOIN bodies b ON b.id = f.body LEFT JOIN losses l ON l.id = f.id
JOIN natures n ON n.cls = f.cls AND n.type = f.type;
DROP TABLE facts;

-- name: several
-- Crimes that several reports tell of.
CREATE TABLE many AS SELECT * FROM told WHERE reports > 1;
CREATE TABLE classes AS
SELECT told, cls FROM (SELECT told, cls, count(*) AS n FROM many GROUP BY told, cls)
QUALIFY row_number() OVER (PARTITION BY told ORDER BY cls = '', n DESC, cls) = 1;
CREATE TABLE types AS
SELECT told, type FROM (SELECT m.told, m.type, count(*) AS n FROM many m JOIN classes c USING (told, cls)
    WHERE m.type <> '' GROUP BY m.told, m.type)
QUALIFY row_number() OVER (PARTITION BY told ORDER BY n DESC, type) = 1;
CREATE TABLE sectors AS
SELECT told, sector FROM (SELECT told, sector, count(*) AS n FROM many WHERE sector <> '' GROUP BY told, sector)
QUALIFY row_number() OVER (PARTITION BY told ORDER BY n DESC, sector) = 1;
CREATE TABLE sizes AS
SELECT told, size FROM (SELECT told, size, count(*) AS n FROM many WHERE size <> '' GROUP BY told, size)
QUALIFY row_number() OVER (PARTITION BY told ORDER BY n DESC, size) = 1;
CREATE TABLE merged AS
SELECT m.told, min(m.id) AS id, quantile_disc(m.occurred, 0.5) AS occurred, min(m.reported) AS reported,
    min(m.arrived) AS arrived, list_sort(list_distinct(flatten(list(m.countries)))) AS countries,
    list_sort(list_distinct(flatten(list(m.techniques)))) AS techniques, quantile_disc(m.loss, 0.5) AS loss,
    count(*) AS reports, list_sort(list_distinct(list(m.organisation))) AS organisations,
    bit_or(CASE WHEN m.place > 0 THEN 1 << (m.place - 1) ELSE 0 END) AS sources
FROM many m GROUP BY m.told;
DROP TABLE many;

-- name: crimes
-- Numbered in an order of what they hold; only what is wholly alike is told apart by ids, so that the same state of the
-- database gives the same rows. Its record key is that of its oldest report, which it had when it stood alone.
CREATE TABLE crimes_made AS
WITH made AS (
    SELECT m.told, m.id, m.occurred, m.reported, m.arrived, c.cls, coalesce(t.type, '') AS type, m.countries,
        coalesce(s.sector, '') AS sector, coalesce(z.size, '') AS size, m.techniques, m.loss, m.reports, m.organisations,
        m.sources
    FROM merged m JOIN classes c USING (told) LEFT JOIN types t USING (told) LEFT JOIN sectors s USING (told)
    LEFT JOIN sizes z USING (told)
    UNION ALL
    SELECT told, id, occurred, reported, arrived, cls, type, countries, sector, size, techniques, loss, reports,
        [organisation], CASE WHEN place > 0 THEN 1 << (place - 1) ELSE 0 END
    FROM told WHERE reports = 1)
SELECT CAST(row_number() OVER (ORDER BY occurred, arrived, reported, cls, type, sector, size, loss, id) AS BIGINT) AS crime,
    m.*, n.nature, record_key('crime', m.id) AS record_key
FROM made m JOIN natures n USING (cls, type);
DROP TABLE merged; DROP TABLE classes; DROP TABLE types; DROP TABLE sectors; DROP TABLE sizes;

-- name: table_reports
SELECT CAST(row_number() OVER whole AS BIGINT) AS report, c.crime, t.organisation, t.source, t.occurred, t.reported,
    t.arrived, t.cls, t.type, t.nature, t.countries, t.sector, t.size, t.techniques, t.loss,
    record_key('report', t.id) AS record_key, CAST(t.hundredths AS DECIMAL(20, 2)) / 100 AS loss_given, t.currency
FROM told t JOIN crimes_made c USING (told)
WINDOW whole AS (ORDER BY c.crime, t.arrived, t.reported, t.organisation, t.id)
ORDER BY report;

-- name: table_crimes
SELECT crime, occurred, reported, arrived, cls, type, nature, countries, sector, size, techniques, loss, record_key,
    CAST(reports AS INTEGER) AS reports, organisations, CAST(sources AS INTEGER) AS sources,
    CAST(arrived - occurred AS INTEGER) AS delay
FROM crimes_made ORDER BY crime;

-- name: table_organisations
SELECT organisation, kind, country, sector, joined, first, last FROM bodies ORDER BY organisation;

-- name: table_rates
-- Those that a loss was converted at.
SELECT r.currency, r.day, CAST(r.per_euro AS DECIMAL(20, 8)) / 100000000 AS per_euro, r.source FROM read_rates r
WHERE (r.currency, r.day) IN (SELECT (l.currency, l.rate_day) FROM losses l WHERE l.rate_day IS NOT NULL)
ORDER BY r.currency, r.day;

-- name: table_denominators
SELECT kind, country, sector, size, year, value, source FROM read_denominators
ORDER BY kind, country, sector, size, year;

-- name: unconverted
-- Losses that stay out of sums, by currency ("" where none is told): no rate near enough, or beyond belief.
SELECT t.currency, count(*) FROM told t WHERE t.hundredths IS NOT NULL AND t.loss IS NULL GROUP BY 1 ORDER BY 1;
