-- name: kinds
-- How a freeze is laid out for counting (DuckDB): two narrow tables of codes, one row for each organisation that tells
-- of a report or a crime, and beside them what each code means. expressions/told.py says what each column means.
-- Rows lie sorted as in the file, which is by day, so that a filter on months passes most of them over.
CREATE TABLE kinds AS
SELECT CAST(row_number() OVER (ORDER BY cls, type, nature) AS INTEGER) AS code, cls, type, nature
FROM (SELECT cls, type, nature FROM read_crimes UNION SELECT cls, type, nature FROM read_reports);

-- name: countries
CREATE TABLE country_sets AS
SELECT CAST(row_number() OVER (ORDER BY countries) AS INTEGER) AS code, countries
FROM (SELECT countries FROM read_crimes UNION SELECT countries FROM read_reports);
CREATE TABLE value_country AS
SELECT code, unnest(CASE WHEN len(countries) = 0 THEN [''] ELSE countries END) AS value FROM country_sets;

-- name: techniques
CREATE TABLE technique_sets AS
SELECT CAST(row_number() OVER (ORDER BY techniques) AS INTEGER) AS code, techniques
FROM (SELECT techniques FROM read_crimes UNION SELECT techniques FROM read_reports);
CREATE TABLE value_technique AS
SELECT code, unnest(CASE WHEN len(techniques) = 0 THEN [''] ELSE techniques END) AS value FROM technique_sets;

-- name: plain
CREATE TABLE value_sector AS
SELECT CAST(row_number() OVER (ORDER BY sector) AS INTEGER) AS code, sector AS value
FROM (SELECT sector FROM read_crimes UNION SELECT sector FROM read_reports);
CREATE TABLE value_size AS
SELECT CAST(row_number() OVER (ORDER BY size) AS INTEGER) AS code, size AS value
FROM (SELECT size FROM read_crimes UNION SELECT size FROM read_reports);
CREATE TABLE value_class AS SELECT code, cls AS value FROM kinds;
CREATE TABLE value_type AS SELECT code, type AS value FROM kinds;
CREATE TABLE value_nature AS SELECT code, nature AS value FROM kinds;

-- name: coded
CREATE TABLE coded_{what} AS
SELECT {number} AS number, r.crime, {reports} AS reports, k.code AS kind, c.code AS countries, CAST(s.code AS UTINYINT) AS sector,
    CAST(z.code AS UTINYINT) AS size, t.code AS techniques, CAST({sources} AS UTINYINT) AS sources,
    CAST(coalesce(year(r.occurred) * 12 + month(r.occurred) - 1, -1) AS INTEGER) AS occurred,
    CAST(coalesce(year(r.reported) * 12 + month(r.reported) - 1, -1) AS INTEGER) AS reported,
    CAST(coalesce(year(r.arrived) * 12 + month(r.arrived) - 1, -1) AS INTEGER) AS arrived,
    CAST(coalesce(r.arrived - r.occurred, -2147483648) AS INTEGER) AS delay,
    r.loss, r.record_key, {organisations} AS organisations
FROM read_{what} r JOIN kinds k USING (cls, type, nature) JOIN country_sets c USING (countries)
JOIN technique_sets t USING (techniques) JOIN value_sector s ON s.value = r.sector JOIN value_size z ON z.value = r.size;

-- name: told
-- ``one`` marks one of the rows of a crime; what is counted once for each crime stands in that row alone.
CREATE TABLE told_{what} AS
SELECT CAST(unnest(organisations) AS INTEGER) AS organisation, CAST(generate_subscripts(organisations, 1) = 1 AS TINYINT) AS one,
    kind, countries, sector, size, techniques, sources, occurred, reported, arrived, delay,
    CAST(CASE WHEN generate_subscripts(organisations, 1) = 1 THEN record_key ELSE 0 END AS SMALLINT) AS record_key,
    loss, CASE WHEN generate_subscripts(organisations, 1) = 1 THEN loss END AS loss_once,
    CAST(crime AS INTEGER) AS crime, CAST(reports AS INTEGER) AS reports
FROM coded_{what} ORDER BY number, organisation;
DROP TABLE coded_{what};

-- name: months
SELECT occurred FROM told_reports UNION SELECT reported FROM told_reports UNION SELECT arrived FROM told_reports
UNION SELECT occurred FROM told_crimes UNION SELECT reported FROM told_crimes UNION SELECT arrived FROM told_crimes;

-- name: numbered
CREATE OR REPLACE TABLE {name} AS
SELECT code, value, CAST(dense_rank() OVER (ORDER BY value) - 1 AS INTEGER) AS number FROM {name};
