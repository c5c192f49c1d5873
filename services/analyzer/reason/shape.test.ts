import { describe, expect, it } from 'vitest';
import type { Incident } from '#shared/model/index.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import type { Neighbour } from './context.ts';
import { type Evidence, shapeOf } from './shape.ts';

const neighbour: Neighbour = {
  id: 'n1',
  service: 'ipmi',
  title: 'Fan 3 failed',
  severity: 'warning',
  hosts: ['db-1'],
  firstSeen: '2026-01-01T00:00:00.000Z',
  isHardware: true,
};
const evidence: Evidence = {
  neighbours: [neighbour],
  hardware: undefined,
  language: 'en',
  model: 'qwen3:8b',
  digest: 'abc',
};

function withText(...texts: string[]): Incident {
  const [exemplar = expect.fail('no exemplar')] = sampleIncident().exemplars;
  return sampleIncident({ exemplars: texts.map((text, index) => ({ ...exemplar, id: `l${index}`, text })) });
}

const trace = (cause: string, number: number) =>
  `java.lang.RuntimeException: order ${number} failed\n\tat a.B.c(B.java:${number})\nCaused by: ${cause}: no. ${number}\n\tat x.Y.z(Y.java:1)`;

describe('shapeOf', () => {
  const base = withText('FATAL: too many connections from 10.0.0.1:5432');

  it.each([
    ['other numbers and addresses', withText('FATAL: too many connections from 10.0.9.9:6000')],
    ['more of the same lines', withText(...Array(3).fill('FATAL: too many connections from 10.1.0.1:1'))],
    [
      'a few more lines and another time',
      { ...base, count: 9, lastSeen: '2026-02-01T00:00:00.000Z', openings: 2 },
    ],
    ['another id and host', { ...base, id: 'x', hosts: [{ name: 'db-2', count: 1 }] }],
  ])('is the same for %s', (_, incident) => {
    expect(shapeOf(incident, evidence)).toBe(shapeOf(base, evidence));
  });

  it.each([
    ['another line', withText('FATAL: the database system is shutting down')],
    ['a further line', withText('FATAL: too many connections from 10.0.0.1:5432', 'disk full')],
    ['ten times as many', { ...base, count: 10 }],
    ['ten hosts', { ...base, hostCount: 10 }],
    ['another severity of the rule', { ...base, severity: 'critical' as const }],
    ['flapping', { ...base, flapping: true }],
    ['another runbook of its rule', { ...base, runbook: 'other' }],
  ])('is another for %s', (_, incident) => {
    expect(shapeOf(incident, evidence)).not.toBe(shapeOf(base, evidence));
  });

  it.each([
    ['another model', { model: 'llama' }],
    ['other weights', { digest: 'def' }],
    ['another language', { language: 'zh-CN' as const }],
    ['no neighbour any more', { neighbours: [] }],
    ['a hardware fault below it', { hardware: { id: 'h', service: 'ipmi', title: 'Fan' } }],
  ])('is another with %s', (_, change) => {
    expect(shapeOf(base, { ...evidence, ...change })).not.toBe(shapeOf(base, evidence));
  });

  it('does not look at which neighbour it was that said the same', () => {
    const other = { ...neighbour, id: 'n2', title: 'Fan 7 failed', hosts: ['db-9'] };
    const with2 = { ...evidence, neighbours: [other, neighbour] };
    expect(shapeOf(base, with2)).toBe(shapeOf(base, evidence));
  });

  it('looks at critical failures beside it, and not at each lesser one of a storm', () => {
    const with2 = (severity: Neighbour['severity']) => {
      const other = { ...neighbour, isHardware: false, service: 'cart', title: 'Cart is slow', severity };
      return { ...evidence, neighbours: [neighbour, other] };
    };
    expect(shapeOf(base, with2('warning'))).toBe(shapeOf(base, evidence));
    expect(shapeOf(base, with2('critical'))).not.toBe(shapeOf(base, evidence));
  });

  it('looks at what an exception was caused by, not at its frames and numbers', () => {
    const one = withText(trace('java.net.ConnectException', 1));
    expect(shapeOf(withText(trace('java.net.ConnectException', 22)), evidence)).toBe(shapeOf(one, evidence));
    expect(shapeOf(withText(trace('java.io.IOException', 1)), evidence)).not.toBe(shapeOf(one, evidence));
  });
});
