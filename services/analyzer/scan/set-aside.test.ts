import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { Incident } from '#shared/model/index.ts';
import { Correlator } from '../correlate/index.ts';
import { createDetector, loadRules } from '../detect/index.ts';
import { SetAside } from './set-aside.ts';

const now = Date.UTC(2026, 10, 21);
const rules = await loadRules({ paths: [], shipped: true, language: 'en' });
const config = ConfigSchema.parse({});

describe('SetAside', () => {
  it('keeps what it can, and counts every line of the rest', () => {
    const detector = createDetector({ rules, type: 'app', domains: config.domains });
    const records = Array.from({ length: 6000 }, (_, offset) => ({
      topic: 'logs.app',
      partition: 0,
      offset,
      key: null,
      value: Buffer.from(`ERROR ${word(offset)} cannot go on`),
      headers: {},
      timestamp: now,
    }));
    const correlator = new Correlator({
      incidents: config.incidents,
      language: 'en',
      domain: 'default',
      partition: 0,
    });
    for (const signal of detector.detect(records, now).signals) correlator.fold(signal, now);
    const aside = new SetAside();
    for (const incident of correlator.take(now)) aside.add(incident);
    const kept = aside.all();
    expect(kept).toHaveLength(5001);
    expect(aside.count).toBe(5001);
    expect(kept.reduce((sum, incident) => sum + incident.count, 0)).toBe(6000);
    expect(Incident.parse(kept.at(-1))).toMatchObject({ rule: 'generic.error', count: 1000 });
  });
});

/** A word without digits for each number, for digits are masked. */
function word(index: number): string {
  return `${index.toString(2).replaceAll('0', 'a').replaceAll('1', 'b')}zz`;
}
