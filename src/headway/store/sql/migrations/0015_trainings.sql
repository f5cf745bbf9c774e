-- Trainings are pools that give out training tasks only; they are asked for by another name.
ALTER TABLE pools ADD COLUMN kind SMALLINT NOT NULL DEFAULT 0;
