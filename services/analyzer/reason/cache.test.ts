import { describe, expect, it } from 'vitest';
import type { Control, ControlScope } from '#shared/model/index.ts';
import { sampleTime } from '#test/samples/hit.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import { factsOf, VerdictCache } from './cache.ts';
import { sampleConclusion } from './testing/conclusion.ts';

const minute = 60_000;
const facts = factsOf(sampleIncident());

function open(maxBytes = 1_000_000) {
  return new VerdictCache({ maxBytes, keepMs: 60 * minute });
}

function feedback(scope: ControlScope, at: number, kind: Control['kind'] = 'feedback'): Control {
  return { id: JSON.stringify(scope), kind, scope, by: 'li', createdAt: new Date(at).toISOString() };
}

describe('VerdictCache', () => {
  it('gives what was said of the same failure in the same shape, and of whom', () => {
    const cache = open();
    cache.put('first', facts, sampleConclusion(), sampleTime);
    expect(cache.get('shape-1', facts, sampleTime + minute)).toEqual(
      sampleConclusion({ takenFrom: 'first' }),
    );
    expect(cache.get('shape-2', facts, sampleTime + minute)).toBeUndefined();
    const other = { ...facts, fingerprint: 'another' };
    expect(cache.get('shape-1', other, sampleTime + minute)).toBeUndefined();
    expect([cache.knows(facts.fingerprint), cache.knows('another')]).toEqual([true, false]);
  });

  it('says of whom it was said at first, also where it went through many hands', () => {
    const cache = open();
    cache.put('second', facts, sampleConclusion({ takenFrom: 'first' }), sampleTime);
    expect(cache.get('shape-1', facts, sampleTime)?.takenFrom).toBe('first');
  });

  it('counts its time from the answer, however late it was put or used', () => {
    const cache = open();
    cache.put('first', facts, sampleConclusion(), sampleTime + 50 * minute);
    expect(cache.get('shape-1', facts, sampleTime + 60 * minute - 1)).toBeDefined();
    expect(cache.get('shape-1', facts, sampleTime + 60 * minute)).toBeUndefined();
    cache.put('late', { ...facts, fingerprint: 'late' }, sampleConclusion(), sampleTime + 61 * minute);
    expect(cache.knows('late')).toBe(false);
  });

  it('keeps nothing where its time is nothing, nor what says nothing', () => {
    const cache = new VerdictCache({ maxBytes: 1e6, keepMs: 0 });
    cache.put('first', facts, sampleConclusion(), sampleTime);
    expect(cache.knows(facts.fingerprint)).toBe(false);
    const other = open();
    other.put('first', facts, sampleConclusion({ verdict: 'unknown' }), sampleTime);
    expect(other.knows(facts.fingerprint)).toBe(false);
  });

  it.each([
    ['of the failure, later', { fingerprint: facts.fingerprint }, minute, 'feedback', false],
    ['of its rule, later', { rule: facts.rule }, minute, 'feedback', false],
    ['of it, while it was being asked', { fingerprint: facts.fingerprint }, -900, 'feedback', false],
    ['of it, before it was said', { fingerprint: facts.fingerprint }, -minute, 'feedback', true],
    ['of something else', { fingerprint: 'another' }, minute, 'feedback', true],
    ['of it, but no feedback', { fingerprint: facts.fingerprint }, minute, 'silence', true],
  ] as const)('heeds what people said %s', (_, scope, after, kind, isKept) => {
    const cache = open();
    cache.put('first', facts, sampleConclusion(), sampleTime);
    cache.heed([feedback(scope, sampleTime + after, kind)]);
    expect(cache.get('shape-1', facts, sampleTime + 2 * minute) !== undefined).toBe(isKept);
  });

  it('forgets what undone feedback spoke of, but not what is said afterwards', () => {
    const cache = open();
    const other = { ...facts, fingerprint: 'other', rule: 'other.rule' };
    cache.put('first', facts, sampleConclusion(), sampleTime);
    cache.put('other', other, sampleConclusion(), sampleTime);
    cache.heed([feedback({ rule: facts.rule }, sampleTime - minute)]);
    expect(cache.get('shape-1', facts, sampleTime)).toBeDefined();
    cache.heed([]);
    expect(cache.get('shape-1', facts, sampleTime)).toBeUndefined();
    expect(cache.get('shape-1', other, sampleTime)).toBeDefined();
    cache.put('first', facts, sampleConclusion(), sampleTime);
    expect(cache.get('shape-1', facts, sampleTime)).toBeDefined();
  });

  it('stays within its bytes: what was used longest ago goes first', () => {
    const cache = open(20_000);
    const one = (index: number) => ({ ...facts, fingerprint: `f${index}` });
    cache.put('0', one(0), sampleConclusion(), sampleTime);
    for (let index = 1; index < 200; index++) {
      cache.put(String(index), one(index), sampleConclusion(), sampleTime);
      expect(cache.get('shape-1', one(0), sampleTime)).toBeDefined();
      expect(cache.bytes).toBeLessThanOrEqual(20_000);
    }
    expect(cache.knows('f199')).toBe(true);
    expect(cache.knows('f1')).toBe(false);
  });

  it('keeps a few shapes of one failure, the latest', () => {
    const cache = open();
    for (let index = 0; index < 10; index++)
      cache.put('x', facts, sampleConclusion({ shape: `shape-${index}` }), sampleTime);
    expect(cache.get('shape-9', facts, sampleTime)).toBeDefined();
    expect(cache.get('shape-0', facts, sampleTime)).toBeUndefined();
  });
});
