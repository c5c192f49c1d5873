import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArrivedEvent } from './fold.ts';
import { eventOf, Machine, midnight, said } from './testing/bmc.ts';

const second = 1000;
const sensors = ['CPU1 Temp', 'CPU2 Temp', 'PS1 Status'] as const;
const kinds = [said.hot, said.tooHot, said.supplyFailed] as const;

/** What a BMC says: which of its states changes after how many seconds. Records are numbered in order. */
const history = fc.array(
  fc.record({
    sensor: fc.constantFrom(...sensors),
    kind: fc.nat({ max: kinds.length - 1 }),
    after: fc.nat({ max: 50 }),
  }),
  { minLength: 1, maxLength: 14 },
);

interface Spoken {
  readonly events: readonly ArrivedEvent[];
  /** States that are so in the end, `sensor kind`. */
  readonly standing: readonly string[];
  readonly endAt: number;
}

function speak(steps: readonly { sensor: string; kind: number; after: number }[]): Spoken {
  const standing = new Set<string>();
  const endAt = midnight + steps.reduce((sum, { after }) => sum + after, 0) * second;
  let at = midnight;
  const events = steps.map(({ sensor, kind, after }, index) => {
    at += after * second;
    const what = kinds[kind] ?? said.hot;
    const key = `${sensor} ${kind}`;
    const isOver = standing.has(key);
    if (isOver) standing.delete(key);
    else standing.add(key);
    // Back below a limit, it is below the one beyond too.
    if (isOver && kind === 0) standing.delete(`${sensor} 1`);
    return eventOf({ ...what, sensor }, { at, record: index + 1, isOver, arrivedAt: endAt });
  });
  return { events, standing: [...standing], endAt };
}

/** The same events in some order, some twice, cut into batches. */
function anyWay(spoken: Spoken): fc.Arbitrary<ArrivedEvent[][]> {
  const { events } = spoken;
  return fc
    .tuple(
      fc.shuffledSubarray([...events], { minLength: events.length }),
      fc.subarray([...events]),
      fc.array(fc.nat({ max: events.length }), { maxLength: 4 }),
    )
    .map(([shuffled, twice, cuts]) => {
      const all = [...shuffled, ...twice];
      const ends = [...new Set([...cuts, all.length])].sort((a, b) => a - b);
      return ends.map((end, index) => all.slice(ends[index - 1] ?? 0, end));
    });
}

/** The sensors of which there is an incident in the end. */
function openOf(machine: Machine): string[] {
  const open = new Set<string>();
  for (const signal of machine.told) {
    if (signal.rule === 'hardware.flapping') continue;
    const { sensor = '' } = signal.captures ?? {};
    const family = signal.rule.startsWith('hardware.temperature') ? 'temperature' : signal.rule;
    if (signal.kind === 'hit') open.add(`${sensor} ${family}`);
    else open.delete(`${sensor} ${family}`);
  }
  return [...open].sort();
}

function expectedOf({ standing }: Spoken): string[] {
  return [
    ...new Set(
      standing.map((key) => {
        const kind = Number(key.at(-1));
        return `${key.slice(0, -2)} ${kind === 2 ? 'hardware.power-supply' : 'temperature'}`;
      }),
    ),
  ].sort();
}

describe('events in any order, twice, and cut anyhow', () => {
  it('leave exactly what stands told', () => {
    fc.assert(
      fc.property(
        history.map(speak).chain((spoken) => anyWay(spoken).map((batches) => ({ spoken, batches }))),
        ({ spoken, batches }) => {
          const machine = new Machine({ flapping: { times: 1000, withinMinutes: 1 } });
          for (const batch of batches) machine.take(...batch);
          machine.tick(spoken.endAt + 10 * 60 * second);
          expect(openOf(machine)).toEqual(expectedOf(spoken));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never tell of what healed before it had to be told', () => {
    fc.assert(
      fc.property(
        history
          .map((steps) => speak(steps.map((step) => ({ ...step, kind: 2 * (step.kind % 2) }))))
          .chain((spoken) => anyWay(spoken).map((batches) => ({ spoken, batches }))),
        ({ spoken, batches }) => {
          const machine = new Machine({ flapping: { times: 1000, withinMinutes: 1 } });
          for (const batch of batches) machine.take(...batch);
          machine.tick(spoken.endAt + 10 * 60 * second);
          expect(machine.told.every(({ kind }) => kind === 'hit')).toBe(true);
          expect(openOf(machine)).toEqual(expectedOf(spoken));
        },
      ),
      { numRuns: 300 },
    );
  });
});
