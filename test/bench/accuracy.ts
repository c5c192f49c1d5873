/**
 * `npm run bench:accuracy -- --data DIR [--format json]`: how right the shipped rules are, alone and with a learned history, on labelled and on ordinary logs. DIR holds
 * `loghub/*.log`, `hadoop.tar.gz` and `hadoop-labels.csv` (docs/accuracy.md); nothing of it is part of this repository.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadRules } from '#services/analyzer/detect/index.ts';
import { toldOf } from './accuracy-alerts.ts';
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
const bgl = await measureBgl(join(loghub, 'BGL.log'), rules);
const hadoop = await measureHadoop(data, rules);
const figures: AccuracyFigures = {
  bgl,
  ordinary,
  hadoop,
  alerts: {
    rulesOnly: toldOf([...bgl.told, ...hadoop.rulesOnly.alerts]),
    withHistory: toldOf([...bgl.told, ...hadoop.withHistory.alerts]),
  },
};
// The single alerts are in the curve.
const told = (key: string, value: unknown) =>
  (key === 'alerts' || key === 'told') && Array.isArray(value) ? undefined : value;
process.stdout.write(format === 'json' ? `${JSON.stringify(figures, told, 2)}\n` : accuracyReport(figures));
