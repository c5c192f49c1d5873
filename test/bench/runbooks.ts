/** Finding runbooks: how fast, and how often the right one is among the first three, against other ways in the same run. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { reviewRunbooks } from '#shared/runbooks/index.ts';
import { Library } from '#shared/runbooks/library.ts';
import { megabytes, quantile } from './measure.ts';
import { distractors } from './runbook-distractors.ts';
import { type Finder, plainMinisearch, termCounting } from './runbook-rivals.ts';

const Symptoms = z.array(
  z.strictObject({
    query: z.string(),
    /** Names of runbooks, or `name#section`. */
    expect: z.array(z.string()).min(1),
    kind: z.enum(['zh', 'en', 'mixed', 'misspelt']),
  }),
);
type Symptom = z.infer<typeof Symptoms>[number];

interface Hits {
  /** Share of the symptoms with the right runbook among the first three, and at the very first place. */
  readonly inThree: number;
  readonly first: number;
  readonly byKind: Record<string, string>;
}

export interface RunbookFigures {
  readonly runbooks: number;
  readonly sections: number;
  /** Milliseconds; `cpu`: of the thread's own time, which other work on the machine does not lengthen. */
  readonly find: {
    readonly p50: number;
    readonly p99: number;
    readonly cpuP99: number;
    readonly longQueryP99: number;
  };
  readonly build: { readonly ms: number; readonly megabytes: number };
  readonly hits: {
    readonly logpatrol: Hits;
    readonly minisearchAsItComes: Hits;
    readonly termCounting: Hits;
  };
  /** With the shipped runbooks alone. */
  readonly hitsAmongShipped: Hits;
  readonly missed: readonly { readonly query: string; readonly found: readonly string[] }[];
}

/** As a file of symptoms has it, which may be another than the one that is kept. */
export function readSymptoms(file: string | URL): Symptom[] {
  return Symptoms.parse(parse(readFileSync(file, 'utf8')));
}

export async function benchRunbooks(options: {
  sections: number;
  rounds: number;
  symptoms: string | URL;
  say: (line: string) => void;
}): Promise<RunbookFigures> {
  const symptoms = readSymptoms(options.symptoms);
  const shipped = (await reviewRunbooks({ paths: [], shipped: true })).runbooks;
  const own = shipped.reduce((sum, { sections }) => sum + sections.length, 0);
  const runbooks = [...shipped, ...distractors(options.sections - own)];
  // The dictionary is read once a process, whatever is indexed.
  const alone = await Library.of(shipped);
  const before = heldBytes();
  const started = performance.now();
  const library = await Library.of(runbooks);
  const ms = performance.now() - started;
  const held = heldBytes() - before;
  const finder =
    (of: Library): Finder =>
    (query) =>
      of.find({ text: query, limit: 3 }).flatMap(({ name, section }) => [name, `${name}#${section}`]);
  const times: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round <= options.rounds; round++)
    for (const { query } of symptoms) {
      const begun = performance.now();
      const worked = process.threadCpuUsage();
      library.find({ text: query, limit: 8 });
      const { user, system } = process.threadCpuUsage(worked);
      if (round > 0) times.push(performance.now() - begun);
      if (round > 0) cpu.push((user + system) / 1000);
    }
  const long: number[] = [];
  for (let round = 0; round <= options.rounds; round++)
    for (let index = 0; index < symptoms.length; index += 12) {
      // A title and what logs say: as the analyzer asks.
      const text = symptoms
        .slice(index, index + 12)
        .map(({ query }) => query)
        .join('\n');
      const begun = performance.now();
      library.find({ text, limit: 8 });
      if (round > 0) long.push(performance.now() - begun);
    }
  const rivals = { minisearchAsItComes: plainMinisearch(runbooks), termCounting: termCounting(runbooks) };
  const find = finder(library);
  const round = (value: number): number => Math.round(value * 100) / 100;
  const figures = {
    runbooks: runbooks.length,
    sections: library.entries.length,
    find: {
      p50: round(quantile(times, 0.5)),
      p99: round(quantile(times, 0.99)),
      cpuP99: round(quantile(cpu, 0.99)),
      longQueryP99: round(quantile(long, 0.99)),
    },
    build: { ms: Math.round(ms), megabytes: megabytes(held) },
    hits: {
      logpatrol: hitsOf(symptoms, find, 6),
      minisearchAsItComes: hitsOf(symptoms, rivals.minisearchAsItComes, 3),
      termCounting: hitsOf(symptoms, rivals.termCounting, 3),
    },
    hitsAmongShipped: hitsOf(symptoms, finder(alone), 6),
    missed: symptoms
      .filter(({ query, expect }) => !find(query).some((name) => expect.includes(name)))
      .map(({ query }) => ({ query, found: find(query).filter((name) => name.includes('#')) })),
  };
  options.say(JSON.stringify(figures.hits));
  return figures;
}

function hitsOf(symptoms: readonly Symptom[], find: Finder, depth: number): Hits {
  const isRight = ({ query, expect }: Symptom, first: number): boolean =>
    find(query)
      .slice(0, first)
      .some((name) => expect.includes(name));
  const share = (count: number): number => Math.round((count / symptoms.length) * 1000) / 1000;
  const byKind = Object.fromEntries(
    [...Map.groupBy(symptoms, ({ kind }) => kind)].map(([kind, of]) => [
      kind,
      `${of.filter((symptom) => isRight(symptom, depth)).length}/${of.length}`,
    ]),
  );
  return {
    inThree: share(symptoms.filter((symptom) => isRight(symptom, depth)).length),
    first: share(symptoms.filter((symptom) => isRight(symptom, depth / 3)).length),
    byKind,
  };
}

function heldBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}
