/**
 * `npm run bench:accuracy -- --data DIR [--format json]`: how right the shipped rules are, on labelled and on ordinary logs. DIR holds
 * `loghub/*.log`, `hadoop.tar.gz` and `hadoop-labels.csv` (docs/accuracy.md); nothing of it is part of this repository.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadRules } from '#services/analyzer/detect/index.ts';
import { measureBgl } from './accuracy-bgl.ts';
import { measureHadoop } from './accuracy-hadoop.ts';
import { measureOrdinary, type OrdinaryFigures, ordinaryLogs } from './accuracy-ordinary.ts';
import { type AccuracyFigures, accuracyReport } from './accuracy-report.ts';

const usage = 'usage: npm run bench:accuracy -- --data DIR [--format table|json]';
const { values } = parseArgs({
  options: { data: { type: 'string' }, format: { type: 'string', default: 'table' } },
});
const { data, format } = values;
if (data === undefined || (format !== 'table' && format !== 'json')) {
  console.error(usage);
  process.exit(2);
}

const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
const loghub = join(data, 'loghub');
const ordinary: OrdinaryFigures[] = [];
for (const log of ordinaryLogs) ordinary.push(await measureOrdinary(loghub, log, rules));
const figures: AccuracyFigures = {
  bgl: await measureBgl(join(loghub, 'BGL.log'), rules),
  ordinary,
  hadoop: await measureHadoop(data, rules),
};
process.stdout.write(format === 'json' ? `${JSON.stringify(figures, null, 2)}\n` : accuracyReport(figures));
