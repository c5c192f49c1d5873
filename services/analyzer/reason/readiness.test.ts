import { describe, expect, it } from 'vitest';
import type { ReasoningModel } from './model.ts';
import { type Prepared, Readiness } from './readiness.ts';

const forever = new AbortController().signal;
const absent = { kind: 'absent', reason: 'nobody' } as const;
const failed = { kind: 'failed', reason: 'died' } as const;
const minute = 60_000;

/** Prepares as it is told to, one after the other; without anything told it takes for ever. */
function open(...outcomes: Exclude<Prepared, { kind: 'busy' }>[]) {
  let prepared = 0;
  const model: ReasoningModel = {
    name: 'm',
    digest: undefined,
    contextTokens: 8192,
    complete: async () => failed,
    prepare: async () => {
      prepared += 1;
      return outcomes.shift() ?? new Promise<never>(() => {});
    },
  };
  const readiness = new Readiness(model);
  /** Has it prepared where that is due, and says whether it was. */
  const prepare = async (now: number): Promise<boolean> => {
    const due = readiness.preparation(now);
    if (due === undefined) return false;
    readiness.prepared(await due(forever), now);
    return true;
  };
  return { readiness, prepare, prepared: () => prepared };
}

describe('Readiness', () => {
  it('has the model prepared before anything is asked, once for all partitions', async () => {
    const { readiness, prepared } = open({ kind: 'ready' });
    expect(readiness.mayAsk(0)).toBe(false);
    const [one, other] = [readiness.preparation(0), readiness.preparation(0)];
    const both = await Promise.all([one?.(forever), other?.(forever)]);
    expect(both.map((outcome) => outcome?.kind)).toEqual(['ready', 'busy']);
    for (const outcome of both) readiness.prepared(outcome ?? expect.fail(), 0);
    expect(prepared()).toBe(1);
    expect(readiness.mayAsk(0)).toBe(true);
    expect(readiness.preparation(minute)).toBeUndefined();
  });

  it('says that it is loading once that takes long', () => {
    const { readiness } = open();
    void readiness.preparation(1000)?.(forever);
    expect(readiness.away(4000)).toBeUndefined();
    expect(readiness.away(4001)).toEqual({ kind: 'loading' });
    expect(readiness.mayAsk(4001)).toBe(false);
    expect(readiness.preparation(4001)).toBeUndefined();
  });

  it('says since when nobody answers, looks again ever more rarely, and is ready when it is back', async () => {
    const { readiness, prepare } = open(absent, absent, absent, absent, { kind: 'ready' });
    for (const now of [1, 2, 3]) expect(await prepare(now)).toBe(true);
    expect(readiness.away(3)).toEqual({ kind: 'away', since: 1 });
    expect(await prepare(9999)).toBe(false);
    expect(await prepare(10_003)).toBe(true);
    expect(await prepare(30_002)).toBe(false);
    expect(await prepare(30_003)).toBe(true);
    expect(readiness.away(30_003)).toBeUndefined();
    expect(readiness.mayAsk(30_003)).toBe(true);
  });

  it('says at once that it is refused', async () => {
    const { readiness, prepare } = open({ ...absent, isPermanent: true });
    await prepare(0);
    expect(readiness.away(0)).toEqual({ kind: 'refused' });
  });

  it('after failed answers asks one question to see whether it works, for loading proves nothing', async () => {
    const { readiness, prepare } = open({ kind: 'ready' }, { kind: 'ready' }, { kind: 'ready' });
    await prepare(0);
    for (const now of [1, 2, 3]) readiness.failed(failed, now);
    expect(readiness.away(3)).toEqual({ kind: 'away', since: 1 });
    expect(readiness.mayAsk(3)).toBe(false);
    expect(await prepare(10_003)).toBe(true);
    expect(readiness.away(10_003)).toBeDefined();
    expect([readiness.mayAsk(10_003), readiness.mayAsk(10_003)]).toEqual([true, false]);
    readiness.failed(failed, 10_004);
    expect(await prepare(20_000)).toBe(false);
    expect(await prepare(30_003)).toBe(true);
    expect(readiness.mayAsk(30_003)).toBe(true);
    readiness.answered(30_004);
    expect(readiness.away(30_004)).toBeUndefined();
  });

  it('prepares an idle model anew, so that it stays loaded and its absence is noticed', async () => {
    const { readiness, prepare } = open({ kind: 'ready' }, { kind: 'ready' }, absent, absent, absent);
    await prepare(0);
    readiness.mayAsk(5 * minute);
    expect(await prepare(14 * minute)).toBe(false);
    expect(await prepare(15 * minute)).toBe(true);
    expect(await prepare(24 * minute)).toBe(false);
    for (const second of [0, 1, 2]) expect(await prepare(25 * minute + second * 1000)).toBe(true);
    expect(readiness.away(26 * minute)).toEqual({ kind: 'away', since: 25 * minute });
  });
});
