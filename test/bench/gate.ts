/** Ways of looking for hundreds of literals in log lines, over the same bytes in one run, in turn; each must find the same lines. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGate } from '#services/analyzer/detect/gate.ts';
import { literalForms, openers } from '#services/analyzer/detect/literal-forms.ts';
import { ordinaryLine } from './events.ts';
import { createAhoCorasick } from './gate/aho-corasick.ts';
import { createRegex } from './gate/regex.ts';
import { createTeddy } from './gate/teddy.ts';
import { createWuManber } from './gate/wu-manber.ts';
import { shippedLiterals, someLiterals } from './literals.ts';
import { median, megabytes } from './measure.ts';

/** Places of hits in `bytes[from, to)`, ascending; at least one in each line that has a literal. */
type Places = (bytes: Buffer, from: number, to: number) => Iterable<number>;

export interface GateFigures {
  readonly literals: number;
  /** With the forms in which JSON encoders write them. */
  readonly forms: number;
  readonly lines: number;
  /** Medians. */
  readonly megabytesPerSecond: Readonly<Record<string, number>>;
}

const windowBytes = 1024 * 1024;

/**
 * @param options.bytes how much text, in memory; searched in windows of 1 MB, as `logpatrol scan` does
 * @throws Error where two ways do not find the same lines
 */
export async function benchGate(options: {
  bytes: number;
  rounds: number;
  say: (line: string) => void;
}): Promise<GateFigures[]> {
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-bench-'));
  try {
    options.say(`making ${megabytes(options.bytes)} MB`);
    const bytes = ordinaryText(options.bytes);
    const file = join(folder, 'shop.log');
    await writeFile(file, bytes);
    return [
      await compare(await someLiterals(200), bytes, file, folder, options),
      await compare(await shippedLiterals(), bytes, file, folder, options),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(
  literals: readonly string[],
  bytes: Buffer,
  file: string,
  folder: string,
  { rounds, say }: { rounds: number; say: (line: string) => void },
): Promise<GateFigures> {
  const forms = [
    ...new Set([...literals.flatMap(literalForms), ...openers].map((form) => form.toString('latin1'))),
  ].map((form) => Buffer.from(form, 'latin1'));
  const entries = forms.map((literal) => ({ literal, tags: [] }));
  const gate = createGate(entries);
  const ways: Record<string, Places> = {
    gate: (of, from, to) => gate.places(of, from, to),
    'Wu-Manber': createWuManber(forms),
    'V8 regex': createRegex(forms),
    'Aho-Corasick': createAhoCorasick(forms),
    'Teddy (SIMD)': await createTeddy(forms),
  };
  const list = join(folder, 'literals');
  await writeFile(list, `${literals.join('\n')}\n`);

  const rates = new Map<string, number[]>();
  const note = (name: string, seconds: number) => {
    const rate = megabytes(bytes.length / seconds);
    rates.set(name, [...(rates.get(name) ?? []), rate]);
    say(`${literals.length} literals, ${name}: ${rate} MB/s`);
  };
  let expected: Uint32Array | undefined;
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, places] of Object.entries(ways)) {
      const started = performance.now();
      const found = hitLines(bytes, places);
      note(name, (performance.now() - started) / 1000);
      expected ??= found;
      if (Buffer.compare(bufferOf(found), bufferOf(expected)) !== 0)
        throw new Error(
          `${name} found ${found.length} lines, which are not the ${expected.length} that the others found`,
        );
    }
    for (const [tool, ...flags] of [['rg', '-j1'], ['grep']] as const) {
      const args = [...flags, '-c', '-i', '-F', '-f', list, file];
      const started = performance.now();
      const { error, stdout } = spawnSync(tool, args, {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
      if (error !== undefined) {
        if (round === 0) say(`${tool} is not here`);
        continue;
      }
      note(tool, (performance.now() - started) / 1000);
      if (Number(stdout) !== expected?.length) throw new Error(`${tool} found ${stdout.trim()} lines`);
    }
  }
  return {
    literals: literals.length,
    forms: forms.length,
    lines: expected?.length ?? 0,
    megabytesPerSecond: Object.fromEntries([...rates].map(([name, each]) => [name, median(each)])),
  };
}

/** Starts of the lines that have a hit. */
function hitLines(bytes: Buffer, places: Places): Uint32Array {
  const starts: number[] = [];
  let end = 0;
  for (let from = 0; from < bytes.length; ) {
    const to =
      from + windowBytes >= bytes.length ? bytes.length : bytes.lastIndexOf(0x0a, from + windowBytes) + 1;
    for (const place of places(bytes, from, to)) {
      if (place < end) continue;
      starts.push(bytes.lastIndexOf(0x0a, place) + 1);
      end = bytes.indexOf(0x0a, place) + 1;
    }
    from = to;
  }
  return Uint32Array.from(starts);
}

function bufferOf(numbers: Uint32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Whole lines, about so many bytes. */
function ordinaryText(size: number): Buffer {
  const lines = Math.floor(size / 251);
  const bytes = Buffer.alloc(lines * 251);
  for (let index = 0; index < lines; index += 1)
    bytes.write(`${ordinaryLine(index)}\n`, index * 251, 'latin1');
  return bytes;
}
