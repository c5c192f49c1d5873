/**
 * `npm run bench:templates -- --data DIR`: accuracy and speed of templates beside PyPI's drain3, on the LogHub samples in
 * `DIR/loghub`. drain3 runs twice: with every mask that logpatrol has (the comparison that counts), and with the plain ones only
 * (numbers, hexadecimal, addresses, UUIDs, paths, durations).
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { createTemplates } from '#services/analyzer/templates/index.ts';
import { allVariables, plainVariables } from '#services/analyzer/templates/variables.ts';
import { median } from './measure.ts';
import { type Accuracy, accuracy } from './templates-accuracy.ts';
import { type Drain3Answer, installDrain3 } from './templates-drain3.ts';
import { readTruth, sampleNames, type TruthLine } from './templates-truth.ts';

const rounds = 7;
const repeats = 5;
const maxBytes = 64 * 2 ** 20;

const { data } = parseArgs({ options: { data: { type: 'string' } } }).values;
if (data === undefined) {
  console.error('Say where the LogHub samples are: npm run bench:templates -- --data DIR');
  process.exit(2);
}
const samples = new Map(sampleNames.map((name) => [name, readTruth(data, name)]));
const files = Object.fromEntries(
  [...samples].map(([name, lines]) => [name, lines.map((line) => line.content)]),
);

/** Each line's template as it stands after the last line. */
function templatesOf(lines: readonly string[]): string[] {
  const templates = createTemplates({ maxBytes });
  const next = new Map<string, string>();
  const texts = new Map<string, string>();
  const ids = lines.map((line) => {
    const { id, text, formerIds } = templates.learn(line);
    for (const former of formerIds) if (former !== id) next.set(former, id);
    texts.set(id, text);
    return id;
  });
  return ids.map((first) => {
    let id = first;
    for (let later = next.get(id); later !== undefined; later = next.get(id)) id = later;
    return texts.get(id) ?? '';
  });
}

/** Lines a second, over all samples. */
function rateOf(): number {
  let milliseconds = 0;
  let count = 0;
  for (const lines of Object.values(files)) {
    const templates = createTemplates({ maxBytes });
    const began = performance.now();
    for (let i = 0; i < repeats; i++) for (const line of lines) templates.learn(line);
    milliseconds += performance.now() - began;
    count += repeats * lines.length;
  }
  return (count / milliseconds) * 1000;
}

interface Result {
  readonly accuracies: readonly Accuracy[];
  readonly rate: number;
}

function result(templates: (name: string, lines: TruthLine[]) => readonly string[], rates: number[]): Result {
  return {
    accuracies: [...samples].map(([name, lines]) => accuracy(templates(name, lines), lines)),
    rate: median(rates),
  };
}

function ofDrain3(answers: readonly Drain3Answer[]): Result {
  return result(
    (name) => answers[0]?.templates[name] ?? [],
    answers.map((answer) => answer.rate),
  );
}

const mean = ({ accuracies }: Result, of: keyof Accuracy): number =>
  accuracies.reduce((sum, one) => sum + one[of], 0) / accuracies.length;

const drain3 = installDrain3();
if (typeof drain3 === 'string') console.error(`The comparison with drain3 is skipped: ${drain3}.`);
// The first rounds compile.
rateOf();
rateOf();
const ours: number[] = [];
const all: Drain3Answer[] = [];
const plain: Drain3Answer[] = [];
// In turn, so that whatever else the machine does falls on all of them.
for (let round = 0; round < rounds; round++) {
  ours.push(rateOf());
  if (typeof drain3 === 'string') continue;
  all.push(drain3({ files, masks: allVariables, repeats }));
  plain.push(drain3({ files, masks: plainVariables, repeats }));
}

const logpatrol = result((_, lines) => templatesOf(lines.map((line) => line.content)), ours);
const results = new Map([['logpatrol', logpatrol]]);
if (all.length > 0) {
  results.set('drain3, same masks', ofDrain3(all));
  results.set('drain3, plain masks', ofDrain3(plain));
}
const table = new Table({
  head: ['GA / PA', ...samples.keys(), 'mean', 'lines/s'],
  style: { head: [], border: [] },
});
const both = (grouping: number, parsing: number): string => `${grouping.toFixed(3)} / ${parsing.toFixed(3)}`;
for (const [name, one] of results)
  table.push([
    name,
    ...one.accuracies.map(({ grouping, parsing }) => both(grouping, parsing)),
    both(mean(one, 'grouping'), mean(one, 'parsing')),
    Math.round(one.rate).toLocaleString('en'),
  ]);
console.log(table.toString());
for (const [name, one] of results)
  if (one !== logpatrol)
    console.log(
      `against ${name}: GA ${(mean(logpatrol, 'grouping') - mean(one, 'grouping')).toFixed(3)} higher (target: 0 or more), ` +
        `PA ${(mean(logpatrol, 'parsing') / mean(one, 'parsing')).toFixed(2)} times (target: 1.3), ` +
        `speed ${(logpatrol.rate / one.rate).toFixed(1)} times (target: 20)`,
    );
