CREATE TABLE plan (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  request TEXT NOT NULL,
  added_at TEXT NOT NULL,
  owner TEXT
) STRICT;

CREATE TABLE plan_part (
  plan TEXT NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
  serial TEXT NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  wish TEXT,
  message TEXT NOT NULL,
  PRIMARY KEY (plan, serial)
) STRICT;
CREATE INDEX plan_part_by_lane ON plan_part (serial, position);

CREATE TABLE lane (
  serial TEXT PRIMARY KEY,
  plan TEXT NOT NULL,
  owner TEXT NOT NULL
) STRICT;
