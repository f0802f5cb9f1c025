ALTER TABLE run ADD COLUMN runner TEXT NOT NULL DEFAULT 'edgebench-runner';
