-- By which values a crime is tied to its operation, and how strongly, is found across audiences: a value that stands only
-- in a report that the viewer may not see can be among them. Pages compute both from what the viewer sees
-- (operations/ties.py), so the application's role reads neither.
REVOKE SELECT ON linkage_operationcrime FROM {app};
GRANT SELECT (crime, operation, part, run, since) ON linkage_operationcrime TO {app};
