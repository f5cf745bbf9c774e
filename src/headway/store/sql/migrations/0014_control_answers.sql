-- How well people answer where the answer is known: what a pool's rules give skills by.
CREATE TABLE control_answers (
    pool_id BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    assignment_id BIGINT NOT NULL,
    task_id BIGINT NOT NULL,
    earned DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (pool_id, user_id, assignment_id, task_id)
);
-- The operation that made control tasks of what people had answered in a project: there is one for each.
ALTER TABLE labelling_projects ADD COLUMN known_by BIGINT;
