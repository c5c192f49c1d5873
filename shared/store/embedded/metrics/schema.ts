/**
 * Readings are kept by server and moment, since a poll brings all sensors of a server at once: a row has them packed as JSON, which
 * takes a third of what a row a reading takes, and any SQLite client reads it (view `sensor_readings`).
 *
 * `servers`: who was asked. `sensors`: each sensor with its newest reading. `descriptions`: all of a reading but its moment and its value;
 * it changes seldom. `readings`: `{"<description>": value}`. `readings_5m` and `readings_1h`: what became of older ones,
 * `{"<description>": [count, min, mean, max, last]}`, from `time` on for so long. All times are milliseconds since the epoch, but for
 * `server_status`, which people read. `thinned`: up to when statuses have been thinned.
 */
export const metricsSchema = `
CREATE TABLE IF NOT EXISTS servers (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  time INTEGER NOT NULL,
  UNIQUE (source, name, host)
);
CREATE INDEX IF NOT EXISTS servers_by_name ON servers (name);
CREATE INDEX IF NOT EXISTS servers_by_host ON servers (host);
CREATE TABLE IF NOT EXISTS sensors (
  id INTEGER PRIMARY KEY,
  server INTEGER NOT NULL,
  name TEXT NOT NULL,
  time INTEGER NOT NULL,
  description INTEGER NOT NULL,
  value REAL,
  UNIQUE (server, name)
);
CREATE TABLE IF NOT EXISTS descriptions (
  id INTEGER PRIMARY KEY,
  sensor INTEGER NOT NULL,
  time INTEGER NOT NULL,
  json TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS descriptions_by_sensor ON descriptions (sensor);
CREATE TABLE IF NOT EXISTS readings (
  seq INTEGER PRIMARY KEY,
  server INTEGER NOT NULL,
  time INTEGER NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (server, time)
);
CREATE INDEX IF NOT EXISTS readings_by_time ON readings (time);
CREATE TABLE IF NOT EXISTS readings_5m (
  seq INTEGER PRIMARY KEY,
  server INTEGER NOT NULL,
  time INTEGER NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (server, time)
);
CREATE INDEX IF NOT EXISTS readings_5m_by_time ON readings_5m (time);
CREATE TABLE IF NOT EXISTS readings_1h (
  seq INTEGER PRIMARY KEY,
  server INTEGER NOT NULL,
  time INTEGER NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (server, time)
);
CREATE INDEX IF NOT EXISTS readings_1h_by_time ON readings_1h (time);
CREATE TABLE IF NOT EXISTS server_status (
  server_name TEXT NOT NULL,
  timestamp TEXT NOT NULL,
  power_state TEXT NOT NULL,
  temp_avg REAL,
  fan_rpm_min REAL,
  cpu_usage REAL,
  memory_usage REAL,
  json TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS server_status_by_server
  ON server_status (server_name, timestamp, json_extract(json, '$.source'));
CREATE INDEX IF NOT EXISTS server_status_by_time ON server_status (timestamp);
CREATE TABLE IF NOT EXISTS thinned (
  what TEXT PRIMARY KEY,
  until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS sensor_readings AS
  SELECT source, servers.name AS server_name, host, sensors.name AS sensor,
    strftime('%Y-%m-%dT%H:%M:%fZ', packed.time / 1000.0, 'unixepoch') AS timestamp,
    mean AS value, min, max, readings,
    json_extract(descriptions.json, '$.unit') AS unit, json_extract(descriptions.json, '$.status') AS status
  FROM (
    SELECT time, key, value AS mean, value AS min, value AS max, 1 AS readings
      FROM readings, json_each(readings.json)
    UNION ALL
    SELECT time, key, json_extract(value, '$[2]'), json_extract(value, '$[1]'), json_extract(value, '$[3]'),
      json_extract(value, '$[0]') FROM readings_5m, json_each(readings_5m.json)
    UNION ALL
    SELECT time, key, json_extract(value, '$[2]'), json_extract(value, '$[1]'), json_extract(value, '$[3]'),
      json_extract(value, '$[0]') FROM readings_1h, json_each(readings_1h.json)
  ) AS packed
  JOIN descriptions ON descriptions.id = CAST(packed.key AS INTEGER)
  JOIN sensors ON sensors.id = descriptions.sensor
  JOIN servers ON servers.id = sensors.server;
`;
