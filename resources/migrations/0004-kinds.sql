CREATE TABLE run_kind (
  kind INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  model_hash TEXT NOT NULL,
  model_name TEXT NOT NULL,
  variant_hash TEXT NOT NULL,
  recipe TEXT NOT NULL,
  device_serial TEXT NOT NULL,
  device_title TEXT NOT NULL,
  runs INTEGER NOT NULL,
  last INTEGER NOT NULL
) STRICT;
INSERT INTO run_kind (name, status, model_hash, model_name, variant_hash, recipe, device_serial, device_title, runs, last)
  SELECT name, status, model_hash, model_name, variant_hash, recipe, device_serial, device_title, count(*), max(sequence)
  FROM run GROUP BY name, status, model_hash, model_name, variant_hash, recipe, device_serial, device_title
  ORDER BY max(sequence);
CREATE INDEX run_kind_by_variant ON run_kind (variant_hash, device_serial, status);

CREATE VIRTUAL TABLE run_kind_search USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'trigram');
INSERT INTO run_kind_search (rowid, text)
  SELECT kind, substr(name, 1, 1000) || char(10) || substr(model_name, 1, 1000) || char(10) || substr(recipe, 1, 1000)
    || char(10) || substr(device_title, 1, 1000) || char(10) || substr(device_serial, 1, 1000)
  FROM run_kind;

ALTER TABLE run ADD COLUMN kind INTEGER REFERENCES run_kind (kind);
UPDATE run SET kind = (
  SELECT kind FROM run_kind AS k
  WHERE k.variant_hash = run.variant_hash AND k.device_serial = run.device_serial AND k.status = run.status
    AND k.name = run.name AND k.model_hash = run.model_hash AND k.model_name = run.model_name
    AND k.recipe = run.recipe AND k.device_title = run.device_title
);
DROP TABLE run_search;
DROP INDEX run_by_status;
DROP INDEX run_by_model;
DROP INDEX run_by_variant;
DROP INDEX run_by_recipe;
DROP INDEX run_by_device;
CREATE INDEX run_by_kind ON run (kind, sequence);
