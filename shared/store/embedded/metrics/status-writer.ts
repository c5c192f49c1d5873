import type { DatabaseSync } from 'node:sqlite';
import type { ServerStatus } from '#shared/model/index.ts';
import type { WriteOutcome } from '../../port.ts';

/** Puts statuses into `server_status`; inside a transaction. */
export function saveStatuses(database: DatabaseSync, statuses: readonly ServerStatus[]): WriteOutcome[] {
  const insert = database.prepare(
    `INSERT INTO server_status
       (server_name, timestamp, power_state, temp_avg, fan_rpm_min, cpu_usage, memory_usage, json)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const useServer = database.prepare(
    `INSERT INTO servers (source, name, host, time) VALUES (?, ?, ?, ?)
     ON CONFLICT (source, name, host) DO UPDATE SET time = max(time, excluded.time)`,
  );
  return statuses.map((status) => {
    const at = new Date(status.timestamp);
    const row = insert.run(
      status.server,
      at.toISOString(),
      status.power,
      status.temperatureMean ?? null,
      status.fanMin ?? null,
      status.cpuPercent ?? null,
      status.memoryPercent ?? null,
      JSON.stringify(status),
    );
    if (row.changes === 0) return { kind: 'duplicate' };
    useServer.run(status.source, status.server, status.host, at.getTime());
    return { kind: 'stored' };
  });
}
