import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/schema.ts';
import { gatheredFor, neighboursFor } from './gathered.ts';
import { incidentsOf, subjectOf } from './incidents.ts';
import { recordsOf } from './records.ts';
import type { Scenario } from './scenario.ts';
import { openSetting } from './setting.ts';
import { sampleScenario } from './testing/sample.ts';

const config = ConfigSchema.parse({});
const setting = await openSetting(config);
const { signal } = new AbortController();

function scenario(some: Record<string, unknown>): Scenario {
  return sampleScenario({
    logs: [
      {
        host: 'a',
        service: 'redis',
        lines: "2026-03-05T03:00:10Z OOM command not allowed when used memory > 'maxmemory'.",
      },
      {
        host: 'a',
        service: 'kernel',
        type: 'syslog',
        lines: '2026-03-05T03:00:02Z mce: [Hardware Error]: Machine check events logged',
      },
    ],
    about: { rule: 'database.redis-maxmemory' },
    ...some,
  });
}

function incidentsIn(one: Scenario) {
  const rules = setting.rules[one.language];
  const incidents = incidentsOf(one, recordsOf(one.logs, Date.parse(one.at)), { config, rules });
  return { incidents, subject: subjectOf(one, incidents) };
}

async function gathered(some: Record<string, unknown>) {
  const one = scenario(some);
  const { subject } = incidentsIn(one);
  return gatheredFor(one, subject, { window: config.reasoning, runbooks: setting.runbooks }, signal);
}

describe('what a model is told beside the incident', () => {
  it('has the lines that the product finds around it', async () => {
    const { surroundings } = await gathered({
      surroundings: [
        {
          host: 'a',
          service: 'redis',
          lines: [
            '2026-03-05T03:00:05Z before',
            '2026-03-05T03:00:20Z after',
            '2026-03-05T02:00:00Z long before',
          ],
        },
        { host: 'b', service: 'redis', lines: '2026-03-05T03:00:05Z elsewhere' },
      ],
    });
    expect(surroundings.map(({ text, service }) => `${service}: ${text}`)).toEqual([
      'kernel: 2026-03-05T03:00:02Z mce: [Hardware Error]: Machine check events logged',
      'redis: 2026-03-05T03:00:05Z before',
      'redis: 2026-03-05T03:00:20Z after',
    ]);
    expect(new Set(surroundings.map(({ id }) => id)).size).toBe(3);
  });

  it('has the runbooks that the product finds, or those that are named, or texts, or none', async () => {
    expect((await gathered({})).runbooks[0]).toMatchObject({ name: 'redis-memory-full', foundBy: 'rule' });
    const named = await gathered({
      runbooks: ['dns-failure', { name: 'own', title: 'Own', text: 'Do it.' }],
    });
    expect(new Set(named.runbooks.map(({ name }) => name))).toEqual(new Set(['dns-failure', 'own']));
    expect(named.runbooks.at(-1)).toMatchObject({ title: 'Own', section: '', text: 'Do it.' });
    expect((await gathered({ runbooks: [] })).runbooks).toEqual([]);
    await expect(gathered({ runbooks: ['nosuch'] })).rejects.toThrow(
      'scenario some: there is no runbook nosuch',
    );
  });

  it('has the other incidents as neighbours, and the hardware fault below it', () => {
    const one = scenario({
      neighbours: [
        {
          title: 'fan failed',
          service: 'bmc',
          severity: 'critical',
          hosts: ['a'],
          firstSeen: '2026-03-05T02:00:00Z',
          hardware: true,
        },
        { title: 'far away', service: 'other', hosts: ['z'], firstSeen: '2026-03-05T02:00:00Z' },
      ],
    });
    const { incidents, subject } = incidentsIn(one);
    const { neighbours, hardware } = neighboursFor(one, subject, incidents);
    expect(neighbours.map(({ title, isHardware }) => [title, isHardware])).toEqual([
      [expect.any(String), true],
      ['fan failed', true],
    ]);
    expect(hardware).toMatchObject({ service: expect.stringMatching(/bmc|kernel/) });
  });
});
