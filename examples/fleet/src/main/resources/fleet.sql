CREATE TABLE IF NOT EXISTS fleet_lock_group (
  name VARCHAR(255) PRIMARY KEY
);
CREATE TABLE IF NOT EXISTS fleet_lock (
  lock_group VARCHAR(255) NOT NULL,
  id VARCHAR(255) NOT NULL,
  since TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (lock_group, id)
);
CREATE TABLE IF NOT EXISTS fleet_transition (
  position BIGINT PRIMARY KEY,
  at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  json TEXT NOT NULL
);
-- The position that was given out last, on H2.
CREATE TABLE IF NOT EXISTS fleet_position (
  last BIGINT NOT NULL
);
INSERT INTO fleet_position (last)
SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM fleet_position);
