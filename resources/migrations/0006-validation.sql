ALTER TABLE run ADD COLUMN validation TEXT;
UPDATE run SET validation = (
  SELECT document ->> '$.validation.status' FROM document WHERE kind = 'variant' AND id = run.variant_hash
);
