CREATE TABLE run (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  plan_id TEXT,
  started_at TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  model_hash TEXT NOT NULL,
  model_name TEXT NOT NULL,
  variant_hash TEXT NOT NULL,
  recipe TEXT NOT NULL,
  device_serial TEXT NOT NULL,
  device_title TEXT NOT NULL,
  threads INTEGER NOT NULL,
  delegate TEXT NOT NULL,
  profile TEXT NOT NULL,
  exact TEXT,
  samples INTEGER,
  launches INTEGER,
  min_ns INTEGER,
  max_ns INTEGER,
  mean_ns REAL,
  p50_ns INTEGER,
  p90_ns INTEGER,
  p95_ns INTEGER,
  p99_ns INTEGER
) STRICT;
CREATE INDEX run_by_status ON run (status, sequence);
CREATE INDEX run_by_model ON run (model_hash, sequence);
CREATE INDEX run_by_variant ON run (variant_hash, sequence);
CREATE INDEX run_by_recipe ON run (recipe, sequence);
CREATE INDEX run_by_device ON run (device_serial, sequence);
CREATE INDEX run_by_plan ON run (plan_id, sequence) WHERE plan_id IS NOT NULL;
CREATE VIRTUAL TABLE run_search USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'trigram');

CREATE TABLE run_document (
  run INTEGER PRIMARY KEY REFERENCES run (sequence) ON DELETE CASCADE,
  document TEXT NOT NULL
) STRICT;

CREATE TABLE launch (
  run INTEGER NOT NULL REFERENCES run (sequence) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  document TEXT NOT NULL,
  samples INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  deltas BLOB NOT NULL,
  histogram BLOB NOT NULL,
  UNIQUE (run, position)
) STRICT;
