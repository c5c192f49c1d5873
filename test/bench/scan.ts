/**
 * `logpatrol scan` on 1 GB of ordinary lines with 1% hits, beside ripgrep (or grep) looking for the same literals in the same file, in
 * turn: with a pack of 200 keywords, and with the shipped rules. And what reading the file costs by itself.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readInput } from '#services/analyzer/scan/inputs.ts';
import { ordinaryLine } from './events.ts';
import { keywordPack, shippedLiterals, someLiterals } from './literals.ts';
import { median, megabytes, peakResidentBytes } from './measure.ts';

/** Medians of the rounds, in MB/s. */
export interface ScanFigures {
  readonly bytes: number;
  /** By readInput, and nothing done with it. */
  readonly readMegabytesPerSecond: number;
  readonly runs: readonly ScanComparison[];
}

export interface ScanComparison {
  readonly rules: string;
  readonly literals: number;
  readonly megabytesPerSecond: number;
  readonly peakResidentMegabytes: number;
  /** A fixed-string search for the same literals; absent where neither tool is here. */
  readonly search?: {
    readonly tool: string;
    readonly megabytesPerSecond: number;
    /** Our rate as a share of its. */
    readonly ratio: number;
  };
}

const logpatrol = fileURLToPath(new URL('../../cli/logpatrol.js', import.meta.url));

/** What one side of a comparison needs, and its rates so far. */
interface Contest {
  readonly rules: string;
  readonly literals: number;
  readonly list: string;
  readonly config: string | undefined;
  readonly ours: number[];
  readonly theirs: number[];
  peak: number;
}

/**
 * Writes a log of `lines` lines of 250 bytes (4,000,000: 1 GB) into a temporary folder and scans it `rounds` times, each in a
 * process of its own, whose start is in the figure, as it is in the search's.
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
    const contests = await prepare(folder);
    const tool = ['rg', 'grep'].find((name) => spawnSync(name, ['--version']).error === undefined);
    const reads: number[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      reads.push(megabytes(bytes / (await readWhole(file))));
      for (const contest of contests) {
        const { seconds, peak } = await scan(file, contest.config);
        contest.ours.push(megabytes(bytes / seconds));
        contest.peak = Math.max(contest.peak, peak);
        if (tool !== undefined) contest.theirs.push(megabytes(bytes / search(tool, contest.list, file)));
        options.say(
          `${contest.rules}: scan ${contest.ours.at(-1)} MB/s, ${tool ?? 'no search'} ${contest.theirs.at(-1) ?? ''}`,
        );
      }
    }
    return {
      bytes,
      readMegabytesPerSecond: median(reads),
      runs: contests.map(({ rules, literals, ours, theirs, peak }) => ({
        rules,
        literals,
        megabytesPerSecond: median(ours),
        peakResidentMegabytes: megabytes(peak),
        ...(tool !== undefined && {
          search: {
            tool,
            megabytesPerSecond: median(theirs),
            ratio: Math.round((100 * median(ours)) / median(theirs)) / 100,
          },
        }),
      })),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** 200 keywords in a pack of their own, and the shipped rules. */
async function prepare(folder: string): Promise<Contest[]> {
  const keywords = await someLiterals(200);
  const pack = join(folder, 'keywords.yaml');
  const config = join(folder, 'logpatrol.yaml');
  await writeFile(pack, keywordPack(keywords));
  await writeFile(config, JSON.stringify({ rules: { shipped: false, paths: [pack] } }));
  const contest = async (rules: string, literals: readonly string[], path?: string): Promise<Contest> => {
    const list = join(folder, `${rules.replaceAll(' ', '-')}.txt`);
    await writeFile(list, `${literals.join('\n')}\n`);
    return { rules, literals: literals.length, list, config: path, ours: [], theirs: [], peak: 0 };
  };
  return [
    await contest('200 keywords', keywords, config),
    await contest('shipped rules', await shippedLiterals()),
  ];
}

async function readWhole(file: string): Promise<number> {
  const started = performance.now();
  for await (const _ of readInput(file, process.stdin, () => {}));
  return (performance.now() - started) / 1000;
}

function search(tool: string, list: string, file: string): number {
  const started = performance.now();
  const args = [...(tool === 'rg' ? ['-j1'] : []), '-c', '-i', '-F', '-f', list, file];
  const { status, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${tool} ended with exit code ${status}: ${stderr}`);
  return (performance.now() - started) / 1000;
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

async function scan(file: string, config: string | undefined): Promise<{ seconds: number; peak: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [logpatrol, 'scan', '--format', 'ndjson', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(config !== undefined && { LOGPATROL_CONFIG: config }) },
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
