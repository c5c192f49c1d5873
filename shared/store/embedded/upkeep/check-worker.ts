import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';

/** At most so many faults are told of one file. */
const mostFaults = 5;
const { file } = z.object({ file: z.string() }).parse(workerData);
const Row = z.object({ integrity_check: z.string() });

const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
try {
  const rows = database.prepare(`PRAGMA integrity_check(${mostFaults})`).all();
  parentPort?.postMessage(rows.map((row) => Row.parse(row).integrity_check).filter((text) => text !== 'ok'));
} finally {
  database.close();
}
