import { spawn } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  type Bench,
  messages,
  openBench,
  openTestBus,
  type TestTail,
  tailOn,
  temporaryFolder,
} from './testing/harness.ts';

/** Lines of all lengths, numbered from 1; some traces among them. */
function line(number: number): string {
  const filler = 'x'.repeat((number * 7919) % 300);
  return number % 50 === 0 ? `${number} Error: ${filler}\n    at f (a.js:1:1)` : `${number} ${filler}`;
}

interface Faults {
  readonly missing: number;
  readonly firstMissing?: number;
  readonly repeated: number;
}

/** How many of the lines 1 to `count` were not published, and how many twice. */
function faults(published: readonly string[], count: number): Faults {
  const seen = new Set(published);
  const missing: number[] = [];
  for (let number = 1; number <= count; number += 1) if (!seen.has(line(number))) missing.push(number);
  const [firstMissing] = missing;
  const first = firstMissing === undefined ? {} : { firstMissing };
  return { missing: missing.length, ...first, repeated: published.length - seen.size };
}

/** Waits until the tail has published so many events, and has nothing left to publish. */
async function isReadUp(tail: TestTail, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await tail.metric('logpatrol_tail_lines_total')).toBeGreaterThanOrEqual(count);
      expect(await tail.metric('logpatrol_tail_lag_bytes')).toBe(0);
    },
    { timeout: 20_000, interval: 50 },
  );
}

function rotateByRename(path: string): void {
  for (let index = 200; index >= 1; index -= 1)
    if (existsSync(`${path}.${index}`)) renameSync(`${path}.${index}`, `${path}.${index + 1}`);
  renameSync(path, `${path}.1`);
}

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

it('loses and repeats nothing over renames under load', async () => {
  const path = bench.path('a.log');
  const rounds = 20;
  const perRound = 2000;
  appendFileSync(path, '');
  const tail = bench.tail([path]);
  let number = 0;
  for (let round = 0; round < rounds; round += 1) {
    const file = openSync(path, 'a');
    for (let index = 0; index < perRound; index += 1) {
      number += 1;
      writeSync(file, `${line(number)}\n`);
      // The writer goes on in the old file after the rename, as one does that has not been told yet.
      if (index === perRound - 100) rotateByRename(path);
      if (index % 100 === 0) await delay(1);
    }
    closeSync(file);
  }
  await isReadUp(tail, number);
  expect(faults(await messages(bench.bus), number)).toEqual({ missing: 0, repeated: 0 });
}, 40_000);

it('loses and repeats nothing over copies and truncations under load', async () => {
  const path = bench.path('a.log');
  appendFileSync(path, '');
  const tail = bench.tail([bench.folder]);
  const file = openSync(path, 'a');
  let number = 0;
  for (let round = 1; round <= 6; round += 1) {
    for (let index = 0; index < 3000; index += 1) {
      number += 1;
      writeSync(file, `${line(number)}\n`);
      if (index % 100 === 0) await delay(1);
    }
    copyFileSync(path, `${path}.${round}`);
    truncateSync(path);
  }
  closeSync(file);
  await isReadUp(tail, number);
  expect(faults(await messages(bench.bus), number)).toEqual({ missing: 0, repeated: 0 });
}, 40_000);

it('loses and repeats nothing over kill -9 under load', async () => {
  const dataDir = temporaryFolder();
  const path = join(bench.folder, 'a.log');
  const child = new URL('testing/tail-child.ts', import.meta.url).pathname;
  let number = 0;
  let isWriting = true;
  appendFileSync(path, '');
  const writing = (async () => {
    while (isWriting) {
      const file = openSync(path, 'a');
      for (let index = 0; index < 5000 && isWriting; index += 1) {
        number += 1;
        writeSync(file, `${line(number)}\n`);
        if (index % 20 === 0) await delay(2);
      }
      closeSync(file);
      rotateByRename(path);
      appendFileSync(path, '');
    }
  })();
  for (let kill = 0; kill < 8; kill += 1) {
    const tailing = spawn(process.execPath, [child, dataDir, bench.folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => tailing.once('exit', resolve));
    await new Promise((resolve) => tailing.stdout.once('data', resolve));
    // The moment of the kill is what is random here; nothing is waited for.
    await delay(Math.random() * 300);
    tailing.kill('SIGKILL');
    await ended;
  }
  isWriting = false;
  await writing;
  const bus = await openTestBus(dataDir);
  const before = faults(await messages(bus), number);
  const tail = tailOn(bus, [{ path: bench.folder, type: 'app' }]);
  try {
    expect(before.repeated).toBe(0);
    expect(before.missing).toBeLessThan(number);
    await isReadUp(tail, before.missing);
    expect(faults(await messages(bus), number)).toEqual({ missing: 0, repeated: 0 });
  } finally {
    await tail.stop();
    await bus.close();
    await rm(dataDir, { recursive: true });
  }
}, 60_000);
