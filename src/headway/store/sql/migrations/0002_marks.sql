-- What a node's process holds while it lives; 0 where it holds nothing.
ALTER TABLE nodes ADD COLUMN mark BIGINT NOT NULL DEFAULT 0;
