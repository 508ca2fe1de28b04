-- Figures come from freezes (freezes/, expressions/, disclosure/): the function that counted the reports themselves goes,
-- with the index that was made for it.
DROP FUNCTION hueandcry_picture(integer, text, text, text, text);
DROP INDEX report_statistics;
