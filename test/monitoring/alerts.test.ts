import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { alertCases, type Case } from './alert-cases.ts';
import { everyMetric, labelsByMetric, unknownIn } from './registries.ts';

const root = new URL('../../', import.meta.url).pathname;
const file = `${root}deploy/prometheus/alerts.yml`;

const text = z.string().min(10);
const Alerts = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string().regex(/^logpatrol-/),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Logpatrol[A-Z]/),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(['info', 'warning', 'critical']) }),
          annotations: z.strictObject({
            summary: text,
            description: text,
            summary_zh: z.string().regex(/\p{Script=Han}/u),
            description_zh: z.string().regex(/\p{Script=Han}/u),
            runbook_url: z.string().startsWith('docs/troubleshooting.md#'),
          }),
        }),
      ),
    }),
  ),
});
const rules = Alerts.parse(parse(readFileSync(file, 'utf8'))).groups.flatMap((group) => group.rules);

const folder = mkdtempSync(join(tmpdir(), 'logpatrol-alerts-'));
const { registry, close } = await everyMetric(folder);
const labels = labelsByMetric(registry);
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

describe('every alert', () => {
  const guide = readFileSync(`${root}docs/troubleshooting.md`, 'utf8');

  it('has a case in which it fires, and one in which it does not', () => {
    expect(rules.map(({ alert }) => alert).sort()).toEqual(Object.keys(alertCases).sort());
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s looks at metrics and labels that services have, and leads to a row of the guide',
    (_name, { expr, annotations }) => {
      expect(unknownIn(expr, labels)).toEqual([]);
      expect(guide).toContain(`<a id="${annotations.runbook_url.split('#')[1]}"></a>`);
      const used = Object.values(annotations).flatMap((value) =>
        [...value.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label),
      );
      const ofTargets = expr.includes('by (') ? [] : ['service', 'instance'];
      for (const label of used) if (!ofTargets.includes(label)) expect(expr, label).toContain(label);
    },
  );
});

it('the check itself finds what is not there', () => {
  expect(
    unknownIn('sum by (topic, no) (rate(logpatrol_bus_records_total{x="1"}[5m])) > logpatrol_no', labels),
  ).toEqual(['logpatrol_bus_records_total{x}', 'logpatrol_no', 'by (no)']);
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool) console.warn('promtool is not installed (Debian: prometheus): alerts are not run.');

describe.skipIf(!hasPromtool)('promtool', () => {
  const promtool = (...words: readonly string[]) => spawnSync('promtool', words, { encoding: 'utf8' });

  it('accepts the rules and the configuration', () => {
    const configuration = readFileSync(`${root}deploy/prometheus/prometheus.yml`, 'utf8');
    const here = join(folder, 'prometheus.yml');
    // The files of the container, which promtool looks for.
    for (const name of ['ca.pem', 'metrics-token']) writeFileSync(join(folder, name), '');
    writeFileSync(here, configuration.replaceAll('/secrets/', `${folder}/`).replace('alerts.yml', file));
    const { status, stdout, stderr } = promtool('check', 'config', here);
    expect({ status, stdout: stdout + stderr }).toMatchObject({ status: 0 });
    expect(stdout).toContain(`${rules.length} rules found`);
  });

  it.each(Object.entries(alertCases))(
    'sees %s fire where it should, and only there',
    (alert, { fires, silent }) => {
      // By itself, so that not every rule is worked out for each.
      const alone = join(folder, `${alert}.rules.yml`);
      const own = rules.filter((rule) => rule.alert === alert);
      writeFileSync(alone, stringify({ groups: [{ name: 'alone', rules: own }] }));
      const here = join(folder, `${alert}.test.yml`);
      const tests = [group(alert, fires, 1), group(alert, silent, 0)];
      writeFileSync(here, stringify({ rule_files: [alone], evaluation_interval: '1m', tests }));
      const { status, stdout, stderr } = promtool('test', 'rules', here);
      expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
    },
  );

  it('sees what an alert says', () => {
    const here = join(folder, 'words.yml');
    const rule = rules.find(({ alert }) => alert === 'LogpatrolCertificateEnds');
    const exp_annotations = {
      ...rule?.annotations,
      summary: 'A certificate of gateway ends soon (http)',
      description: 'It ends in 11d 12h 46m 40s. Then nobody can reach the service, or it nobody.',
      summary_zh: 'gateway 的证书即将到期（http）',
      description_zh: '证书将在 11d 12h 46m 40s 后到期，届时连接会被拒绝。',
    };
    const exp_labels = { severity: 'warning', service: 'gateway', use: 'http' };
    const alert_rule_test = [
      { eval_time: '1h', alertname: rule?.alert, exp_alerts: [{ exp_labels, exp_annotations }] },
    ];
    const { input_series } = group('LogpatrolCertificateEnds', alertCases.LogpatrolCertificateEnds?.fires, 1);
    const test = { interval: '1m', input_series, alert_rule_test };
    writeFileSync(here, stringify({ rule_files: [file], evaluation_interval: '1m', tests: [test] }));
    const { status, stdout, stderr } = promtool('test', 'rules', here);
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });
});

/** A test of promtool: whether an alert fires, not what it says. */
function group(alert: string, given: Case | undefined, expected: 0 | 1) {
  const { series, at } = given ?? { series: {}, at: '1h' };
  return {
    name: `${alert} ${expected === 1 ? 'fires' : 'is silent'}`,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: `count(count by (alertname) (ALERTS{alertname="${alert}", alertstate="firing"})) or vector(0)`,
        eval_time: at,
        exp_samples: [{ labels: '{}', value: expected }],
      },
    ],
  };
}
