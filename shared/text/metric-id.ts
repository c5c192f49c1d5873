import { hash } from 'node:crypto';
import type { Reading, ServerStatus } from '#shared/model/index.ts';

/** What one sensor said at one moment has this id, wherever it is made. */
export function readingId(
  reading: Pick<Reading, 'source' | 'server' | 'sensor' | 'sensorNumber' | 'timestamp'>,
): string {
  const { source, server, sensor, sensorNumber, timestamp } = reading;
  return digest(['reading', source, server, sensor, sensorNumber ?? null, Date.parse(timestamp)]);
}

/** The same for the status of a server at one poll. */
export function statusId({
  source,
  server,
  timestamp,
}: Pick<ServerStatus, 'source' | 'server' | 'timestamp'>): string {
  return digest(['status', source, server, Date.parse(timestamp)]);
}

function digest(parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 27);
}
