import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';

const Faults = z.array(z.string());

/**
 * What SQLite finds wrong with a file that it reads whole (`PRAGMA integrity_check`), in a thread of its own, for that takes
 * a second a gigabyte at best; empty where nothing is.
 *
 * @throws the signal's reason, or SQLite's error where the file cannot be read as a database at all
 */
export async function faultsOf(file: string, signal: AbortSignal): Promise<readonly string[]> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./check-worker.ts', import.meta.url), { workerData: { file } });
  try {
    const [answer] = await once(worker, 'message', { signal });
    return Faults.parse(answer);
  } finally {
    await worker.terminate();
  }
}
