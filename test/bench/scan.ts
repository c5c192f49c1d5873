/** `logpatrol scan` on 1 GB of ordinary lines with 1% hits: MB/s and peak memory, beside a fixed-string search of the same file. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadRules } from '#services/analyzer/detect/index.ts';
import { ordinaryLine } from './events.ts';
import { median, megabytes, peakResidentBytes } from './measure.ts';

export interface ScanFigures {
  readonly bytes: number;
  readonly megabytesPerSecond: number;
  readonly peakResidentMegabytes: number;
  readonly runs: readonly number[];
  /** A fixed-string search for the same literals in the same file, where ripgrep or grep is there. */
  readonly search?: { readonly tool: string; readonly literals: number; readonly megabytesPerSecond: number };
}

const logpatrol = fileURLToPath(new URL('../../cli/logpatrol.js', import.meta.url));

/**
 * Writes a log of `lines` lines of 250 bytes (4,000,000: 1 GB) into a temporary folder and scans it `rounds` times, each in a
 * process of its own, whose start is in the figure.
 */
export async function benchScan(options: {
  lines: number;
  rounds: number;
  say: (line: string) => void;
}): Promise<ScanFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-bench-'));
  try {
    const file = join(folder, 'shop.log');
    options.say(`writing ${options.lines} lines`);
    const bytes = await writeLog(file, options.lines);
    const rates: number[] = [];
    let peak = 0;
    for (let round = 0; round < options.rounds; round += 1) {
      const each = await scan(file);
      rates.push(megabytes(bytes / each.seconds));
      peak = Math.max(peak, each.peak);
      options.say(`scan: ${rates.at(-1)} MB/s, ${megabytes(each.peak)} MB resident`);
    }
    const search = await searchFor(await gateLiterals(folder), file, bytes);
    return {
      bytes,
      megabytesPerSecond: median(rates),
      peakResidentMegabytes: megabytes(peak),
      runs: rates,
      ...(search !== undefined && { search }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeLog(path: string, lines: number): Promise<number> {
  const file = await open(path, 'w');
  let size = 0;
  for (let index = 0; index < lines; ) {
    const block: string[] = [];
    for (; index < lines && block.length < 20_000; index += 1) block.push(ordinaryLine(index), '\n');
    const { bytesWritten } = await file.write(block.join(''));
    size += bytesWritten;
  }
  await file.close();
  return size;
}

async function scan(file: string): Promise<{ seconds: number; peak: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [logpatrol, 'scan', '--format', 'ndjson', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let findings = '';
  let peak = 0;
  // The kernel keeps the highest mark; it has to be read while the process lives.
  const watch = setInterval(() => {
    const { pid } = child;
    if (pid === undefined || child.exitCode !== null) return;
    try {
      const bytes = peakResidentBytes(pid);
      if (Number.isFinite(bytes)) peak = bytes;
    } catch {
      // It has ended since; the last reading stands.
    }
  }, 50);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    findings += text;
  });
  await once(child, 'close');
  clearInterval(watch);
  if (child.exitCode !== 0 || findings === '') throw new Error(`scan ended with exit code ${child.exitCode}`);
  return { seconds: (performance.now() - started) / 1000, peak };
}

/** Writes every literal that the gate looks for, one a line. */
async function gateLiterals(folder: string): Promise<{ path: string; count: number }> {
  const { rules } = await loadRules({ paths: [], shipped: true, language: 'en' });
  const literals = [...new Set(rules.flatMap((rule) => rule.literals ?? []))];
  const path = join(folder, 'literals');
  await writeFile(path, `${literals.join('\n')}\n`);
  return { path, count: literals.length };
}

async function searchFor(
  literals: { path: string; count: number },
  file: string,
  bytes: number,
): Promise<ScanFigures['search']> {
  const tools = [
    ['rg', '-j1', '-c'],
    ['grep', '-c'],
  ] as const;
  for (const [tool, ...flags] of tools) {
    const started = performance.now();
    const { error, status } = spawnSync(tool, [...flags, '-i', '-F', '-f', literals.path, file]);
    if (error !== undefined || status !== 0) continue;
    const seconds = (performance.now() - started) / 1000;
    return { tool, literals: literals.count, megabytesPerSecond: megabytes(bytes / seconds) };
  }
  return undefined;
}
