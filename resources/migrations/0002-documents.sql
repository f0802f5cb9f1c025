CREATE TABLE document (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  parent TEXT,
  sequence INTEGER NOT NULL,
  owner TEXT,
  document TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX document_by_order ON document (kind, sequence);
CREATE INDEX document_by_parent ON document (kind, parent, sequence) WHERE parent IS NOT NULL;

CREATE TABLE baseline_samples (
  kind TEXT NOT NULL DEFAULT 'baseline',
  baseline TEXT NOT NULL,
  position INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  deltas BLOB NOT NULL,
  PRIMARY KEY (baseline, position),
  FOREIGN KEY (kind, baseline) REFERENCES document (kind, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE noise_floor (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  device_serial TEXT NOT NULL,
  profile TEXT NOT NULL,
  difference_percent REAL NOT NULL
) STRICT;
CREATE INDEX noise_floor_by_device ON noise_floor (device_serial, profile, sequence);
