import { createReadStream } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { codeOf, LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { type History, HistoryHead, KnownHit, KnownKind } from './history.ts';

const Entry = z.discriminatedUnion('entry', [KnownKind, KnownHit]);

/**
 * Reads what `logpatrol learn` wrote: NDJSON, compressed where the name ends in `.gz`.
 *
 * @throws LogpatrolError `unreadable-input` with the line that is wrong, and what to do
 */
export async function readHistory(path: string): Promise<History> {
  const kinds: KnownKind[] = [];
  const hits: KnownHit[] = [];
  let head: z.infer<typeof HistoryHead> | undefined;
  let number = 0;
  try {
    const file = createReadStream(path);
    const stream = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
    file.on('error', (error) => stream.destroy(error));
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (line.trim() === '') continue;
      if (head === undefined) head = headOf(path, line);
      else {
        const entry = Entry.safeParse(parsed(line));
        if (!entry.success) throw broken(path, number, z.prettifyError(entry.error).split('\n', 1)[0]);
        if (entry.data.entry === 'kind') kinds.push(entry.data);
        else hits.push(entry.data);
      }
    }
  } catch (error) {
    if (error instanceof LogpatrolError) throw error;
    throw new LogpatrolError('unreadable-input', `the history ${path} ${reasonOf(error)}`, { cause: error });
  }
  if (head === undefined)
    throw new LogpatrolError(
      'unreadable-input',
      `the history ${path} is empty; make it with logpatrol learn`,
    );
  return { createdAt: head.createdAt, samples: head.samples, kinds, hits };
}

/**
 * Writes a history as a whole or not at all.
 *
 * @throws LogpatrolError `unusable-environment` where it cannot be written
 */
export async function writeHistory(
  path: string,
  { createdAt, samples, kinds, hits }: History,
): Promise<void> {
  const head = { entry: 'logpatrol-history', version: 1, createdAt, samples };
  const text = `${[head, ...kinds, ...hits].map((entry) => JSON.stringify(entry)).join('\n')}\n`;
  const unfinished = `${path}.unfinished`;
  try {
    await writeFile(unfinished, path.endsWith('.gz') ? await promisify(gzip)(text) : text);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new LogpatrolError(
      'unusable-environment',
      `the history ${path} cannot be written: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'does not exist; make it with logpatrol learn';
    case 'EACCES':
      return 'may not be read: permission denied';
    case 'Z_BUF_ERROR':
    case 'Z_DATA_ERROR':
      return 'has damaged gzip data; make it anew with logpatrol learn';
    default:
      return `cannot be read: ${messageOf(error)}`;
  }
}

function headOf(path: string, line: string): z.infer<typeof HistoryHead> {
  const value = parsed(line);
  const head = HistoryHead.safeParse(value);
  if (head.success) return head.data;
  const version = z.object({ entry: z.literal('logpatrol-history'), version: z.number() }).safeParse(value);
  throw new LogpatrolError(
    'unreadable-input',
    version.success && version.data.version !== 1
      ? `the history ${path} is of version ${version.data.version}, and this logpatrol reads version 1; make it anew with logpatrol learn`
      : `${path} is no history of logpatrol (line 1); make one with logpatrol learn FILES… --out ${path}`,
  );
}

function broken(path: string, line: number, reason = ''): LogpatrolError {
  return new LogpatrolError(
    'unreadable-input',
    `the history ${path} is damaged at line ${line} (${reason.replace(/^✖ /, '')}); make it anew with logpatrol learn`,
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // No JSON is no entry: the schema says so.
    return undefined;
  }
}
