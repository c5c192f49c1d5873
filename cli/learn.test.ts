import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from './testing/spawn-cli.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-learn-'));
  for (let run = 0; run < 6; run++) {
    await mkdir(join(folder, `run-${run}`));
    await writeFile(join(folder, `run-${run}`, 'job.log'), goodRun(run));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A job of ten minutes, one of a day. */
function goodRun(day: number, more: readonly string[] = []): string {
  const at = (minute: number) =>
    `2026-01-${String(day + 1).padStart(2, '0')}T10:${String(minute).padStart(2, '0')}:00Z`;
  return `${[
    `${at(0)} INFO begins`,
    ...Array.from({ length: 20 }, (_, step) => `${at(step % 10)} INFO step ${step} done`),
    ...more.map((line) => `${at(9)} ${line}`),
    `${at(10)} WARN Connection refused while closing`,
    `${at(10)} INFO ends well`,
  ].join('\n')}\n`;
}

const run = (...args: string[]) => runCli(args, { cwd: folder });
const good = Array.from({ length: 6 }, (_, index) => join(`run-${index}`, 'job.log'));

describe('logpatrol learn', () => {
  it('learns what is usual, by which scan judges: lower what good logs have, tell what they have not', async () => {
    const learned = await run('learn', '--service', 'job', '--out', 'h.ndjson.gz', ...good);
    expect(learned).toMatchObject({ code: 0, err: '' });
    expect(learned.out).toMatch(/^SERVICE +SAMPLES +HOURS +KINDS +ENOUGH\njob +6 +1\.0 +4 +yes\n$/);

    await writeFile(
      join(folder, 'bad.log'),
      goodRun(9, ['ERROR of a sort nobody knows', 'panic in the pump room']),
    );
    const scan = (...more: string[]) =>
      run('scan', '--format', 'json', '--service', 'job', ...more, 'bad.log');
    const Findings = z.array(z.object({ rule: z.string(), severity: z.string() }).loose());
    const findings = async (...more: string[]) =>
      Findings.parse(JSON.parse((await scan(...more)).out)).map(
        ({ rule, severity }) => `${severity} ${rule}`,
      );
    const plain = await findings();
    expect(plain).toContain('warning network.connection-refused');
    const judged = await findings('--history', 'h.ndjson.gz');
    expect(judged).toContain('info network.connection-refused');
    expect(judged.filter((each) => each.endsWith('rates.new'))).toHaveLength(1);
    expect(judged.length).toBe(plain.length + 1);
  });

  it('says of which services too little is known', async () => {
    const learned = await run(
      'learn',
      '--service',
      'job',
      '--format',
      'json',
      '--out',
      'few.ndjson',
      good[0] ?? '',
    );
    expect(JSON.parse(learned.out)).toEqual({
      history: 'few.ndjson',
      samples: 1,
      services: [{ service: 'job', hours: expect.closeTo(0.2, 1), samples: 1, isEnough: false, kinds: 4 }],
    });
    const scanned = await run('scan', '--service', 'job', '--history', 'few.ndjson', good[1] ?? '');
    expect(scanned.err).toBe(
      'logpatrol: history of job: 0.2 h of the 24 h needed, or 1 of 5 samples; not judged by it\n',
    );
    const more = await run('learn', '--into', '--service', 'job', '--out', 'few.ndjson', good[1] ?? '');
    expect(more.out).toMatch(/\njob +2 +/);
  });

  it.each<[string, string[], number, RegExp]>([
    [
      'a file that is there',
      ['learn', '--out', 'bad.log', 'bad.log'],
      2,
      /is there already; add to it with --into/,
    ],
    ['no line with a time', ['learn', '--out', 'n.ndjson', 'timeless.log'], 2, /nothing was learned/],
    [
      'a folder that is not there',
      ['learn', '--out', 'no/h.ndjson', 'bad.log'],
      78,
      /no\/h\.ndjson cannot be written/,
    ],
    ['no --out', ['learn', 'bad.log'], 2, /required option '--out <history>'/],
    [
      'a missing history',
      ['scan', '--history', 'none', 'bad.log'],
      2,
      /the history none does not exist; make it with/,
    ],
    [
      'a file that is none',
      ['scan', '--history', 'bad.log', 'bad.log'],
      2,
      /bad\.log is no history of logpatrol/,
    ],
  ])('says in a line what is wrong: %s', async (_, args, code, message) => {
    await writeFile(join(folder, 'timeless.log'), 'all is well\n');
    await writeFile(join(folder, 'bad.log'), goodRun(9));
    const result = await run(...args);
    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toMatch(message);
    expect(result.err).not.toContain('    at ');
  });
});
