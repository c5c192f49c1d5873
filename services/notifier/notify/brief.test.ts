import { describe, expect, it } from 'vitest';
import { Finding } from '#shared/model/index.ts';
import { sampleConclusion, sampleFinding } from '../testing/sample.ts';
import { briefFinding } from './brief.ts';

const long = 'long '.repeat(2000);
const at = '2026-11-21T01:00:00.000Z';
const section = { name: long, title: long, section: long };

describe('a brief finding', () => {
  it('stays small, whatever stands beside the lines', () => {
    const brief = briefFinding(
      sampleFinding({
        runbooks: Array(50).fill({ ...section, foundBy: 'search', score: 1, steps: Array(50).fill(long) }),
        assets: Array(50).fill({
          host: long,
          owner: long,
          facts: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index} ${long}`, long])),
        }),
        similar: Array(50).fill({ id: 'p', title: long, lastSeen: at, cause: long, feedback: long }),
        hardware: { id: 'h', service: long, title: long },
        machines: Array(3).fill({
          ...{ host: long, server: long, at, outcome: 'ok', power: 'on', health: 'ok' },
          readings: Array(12).fill({
            ...{ sensor: long, sensorKind: 'state', states: Array(50).fill(long), status: 'warning' },
            trend: { startAt: 0, stepMs: 60_000, means: Array(60).fill(1.25) },
          }),
        }),
        reasoningNote: long,
        conclusion: sampleConclusion({
          summary: long,
          cause: long,
          evidence: Array(50).fill({ id: 'e', text: long }),
          actions: Array(50).fill({ text: long, runbook: section }),
        }),
      }),
    );
    expect(JSON.stringify(brief).length).toBeLessThan(80_000);
    expect(Finding.parse(brief)).toEqual(brief);
    expect(brief.runbooks?.[0]).toMatchObject({ foundBy: 'search', score: 1 });
    expect(brief.runbooks?.map(({ steps }) => steps?.length)).toEqual([5, ...Array(4).fill(undefined)]);
    expect(brief.similar?.[0]?.lastSeen).toBe(at);
  });

  it('is cut before a word, or half a secret would not be known for one', () => {
    const mail = 'someone@corp.example.com';
    const titleOf = (title: string) => briefFinding(sampleFinding({ title })).title;
    const words = `${'a '.repeat(195)}`;
    expect(titleOf(`${words}${mail} b`)).toBe(words.trimEnd());
    expect(titleOf(`${'a '.repeat(188)}${mail} b`)).toBe(`${'a '.repeat(188)}${mail}`);
    // One that has no end is cut where the room ends.
    expect(titleOf('好'.repeat(500))).toBe('好'.repeat(400));
  });
});
