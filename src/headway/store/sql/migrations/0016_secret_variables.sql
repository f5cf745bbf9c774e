-- A variable whose value is told to nobody any more. The program before this one tells it, as it tells all.
ALTER TABLE variables ADD COLUMN secret SMALLINT NOT NULL DEFAULT 0;
