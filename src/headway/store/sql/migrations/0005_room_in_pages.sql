-- An operation's row is written several times within a second. Where its page has room for the next version, and no
-- indexed column changes, PostgreSQL leaves the indexes alone; and it reuses that room at the next look at the page.
-- only: postgres
ALTER TABLE operations SET (fillfactor = 40);
-- all
