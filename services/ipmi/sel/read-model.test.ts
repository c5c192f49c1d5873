import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SelPosition } from '#shared/model/index.ts';
import { readNewRecords } from './index.ts';
import { ModelBmc, type ModelOptions, type ModelRecord, timeOut } from './testing/model-bmc.ts';

const startMs = Date.UTC(2026, 10, 21, 12);

/** What was published, and what it must have been: each record once. */
class Truth {
  readonly bmc: ModelBmc;
  position: SelPosition | undefined;
  /** Instance → how often it was published. */
  readonly published = new Map<string, number>();
  readonly added = new Map<string, number>();
  readonly due = new Map<string, Set<number>>();
  #count = 0;

  constructor(options: Partial<ModelOptions>) {
    this.bmc = new ModelBmc(startMs, options);
  }

  advance(seconds: number): void {
    this.bmc.nowMs += seconds * 1000;
  }

  add(kind: Kind): void {
    this.#count += 1;
    const count = [this.#count & 0xff, (this.#count >> 8) & 0xff];
    this.#added(
      this.bmc.add(
        kind === 'event'
          ? [0x02, 0, 0, 0, 0, 0x20, 0, 0x04, 0x0c, 0x06, 0x6f, 0xa0, ...count]
          : kind === 'oem'
            ? [0xc1, 0, 0, 0, 0, 0x57, 1, 0, ...count, 0, 0, 0, 0]
            : [0xe1, ...count],
      ),
    );
  }

  /** The record once more, with the same bytes; the same id too, where that is the next one. */
  addAgain(record: ModelRecord): void {
    const [, , type = 0, ...data] = record.bytes;
    this.#added(this.bmc.add([type, ...data]));
  }

  #added(record: ModelRecord | undefined): void {
    if (record !== undefined) this.added.set(keyOf(record), (this.added.get(keyOf(record)) ?? 0) + 1);
  }

  async poll(options: { most?: number; isCommitted?: boolean }): Promise<boolean> {
    const { bmc, position } = this;
    const read = await readNewRecords(bmc.session(), position, {
      ...{ server: 'bmc', clock: () => bmc.nowMs, most: options.most ?? 500, sensors: [] },
    }).catch(() => undefined);
    if (read === undefined || options.isCommitted === false) return false;
    this.position = read.position === undefined ? undefined : SelPosition.parse(read.position);
    for (const event of read.events) {
      if (event.kind !== 'record') continue;
      const key = event.decoded.bytes.toString('hex');
      this.published.set(key, (this.published.get(key) ?? 0) + 1);
    }
    return read.isComplete && read.trouble === undefined;
  }

  /** Each record that stands in the log now has to be published by now. */
  expectRead(): void {
    for (const record of this.bmc.records) {
      const instances = this.due.get(keyOf(record)) ?? new Set();
      this.due.set(keyOf(record), instances.add(record.instance));
    }
    for (const [key, instances] of this.due)
      expect(this.published.get(key) ?? 0, `published ${key}`).toBeGreaterThanOrEqual(instances.size);
    this.expectNoneDoubled();
  }

  expectNoneDoubled(): void {
    for (const [key, times] of this.published)
      expect(times, `published ${key}`).toBeLessThanOrEqual(this.added.get(key) ?? 0);
  }
}

function keyOf(record: ModelRecord): string {
  return record.bytes.toString('hex');
}

type Kind = 'event' | 'oem' | 'untimed';

type Step =
  | { do: 'add'; kind: Kind; times: number }
  | { do: 'clear'; again: boolean }
  | { do: 'delete'; at: number }
  | { do: 'set clock'; by: number }
  | { do: 'wait'; seconds: number };

type Action =
  | Step
  | {
      do: 'poll';
      most: number;
      isCommitted: boolean;
      cutAfter: number;
      meanwhile: { after: number; step: Step }[];
    };

const kinds = (some: readonly Kind[]) => fc.constantFrom(...some);

/**
 * What happens to a BMC. What cannot be told is left out: records without a time that are written again after a clear which the
 * BMC does not state; those of which the last is deleted from a clear; one that
 * is deleted while one is added whose id has come round and stands before the others, from none of both.
 */
function steps(options: ModelOptions, isClockSet: boolean) {
  const canComeRound = options.order === 'by id' && options.lastId < 100;
  const canDelete = options.statesErase && isClockSet && !canComeRound;
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('add' as const),
        kind: kinds(
          canDelete || !options.statesErase ? ['event', 'event', 'oem'] : ['event', 'oem', 'untimed'],
        ),
        times: fc.integer({ min: 1, max: 6 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('clear' as const), again: fc.boolean() }) },
    ...(canDelete
      ? [{ weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), at: fc.nat(50) }) }]
      : []),
    ...(isClockSet
      ? [
          {
            weight: 1,
            arbitrary: fc.record({
              do: fc.constant('set clock' as const),
              by: fc.constantFrom(-7200, -30, -1, 1, 30, 7200),
            }),
          },
        ]
      : []),
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 100 }) }),
    },
  );
}

/**
 * A log that is chained by ids that have come round does not tell where it added a record, if it drops its oldest ones; nor, with a
 * clock that was never set, which record is which.
 */
const models = fc
  .record<ModelOptions & { isClockSet: boolean }>({
    idsAfterClear: fc.constantFrom('restart', 'go on'),
    lastId: fc.constantFrom(0xfffe, 40, 25),
    order: fc.constantFrom('written', 'by id'),
    capacity: fc.constantFrom(500, 20),
    whenFull: fc.constantFrom('refuse', 'drop'),
    statesErase: fc.boolean(),
    miscount: fc.constantFrom(0, 0, 1),
    wantsReservation: fc.boolean(),
    isClockSet: fc.boolean(),
  })
  .filter(
    ({ order, whenFull, lastId, isClockSet }) =>
      order === 'written' || lastId > 100 || (whenFull === 'refuse' && isClockSet),
  );

const histories = models.chain(({ isClockSet, ...options }) => {
  const step = steps(options, isClockSet);
  return fc.record({
    options: fc.constant(options),
    isClockSet: fc.constant(isClockSet),
    actions: fc.array(
      fc.oneof<fc.WeightedArbitrary<Action>[]>(
        { weight: 3, arbitrary: step },
        {
          weight: 2,
          arbitrary: fc.record({
            do: fc.constant('poll' as const),
            most: fc.constantFrom(500, 500, 7, 1),
            isCommitted: fc.boolean(),
            cutAfter: fc.oneof(fc.constant(1e9), fc.nat(20)),
            meanwhile: fc.array(fc.record({ after: fc.nat(15), step }), {
              maxLength: options.statesErase && isClockSet ? 2 : 0,
            }),
          }),
        },
      ),
      { maxLength: 40, size: 'max' },
    ),
  });
});

function take(truth: Truth, step: Step): void {
  const { bmc } = truth;
  switch (step.do) {
    case 'add':
      for (let time = 0; time < step.times; time += 1) truth.add(step.kind);
      return;
    case 'clear': {
      // An erase in the second of another one leaves no trace.
      truth.advance(1);
      const { records } = bmc;
      bmc.clear();
      if (step.again) for (const record of records.slice(0, 2)) truth.addAgain(record);
      return;
    }
    case 'delete':
      // Nor can one be told from a clear that was in the second of all that is left.
      do truth.advance(1);
      while (bmc.records.some(({ bytes }) => bytes.readUInt32LE(3) === bmc.clock()));
      bmc.delete(step.at % Math.max(1, bmc.records.length));
      return;
    case 'set clock':
      if (bmc.clockOffsetSeconds !== undefined) bmc.clockOffsetSeconds += step.by;
      return;
    case 'wait':
      truth.advance(step.seconds);
  }
}

async function live({
  options,
  isClockSet,
  actions,
}: {
  options: ModelOptions;
  isClockSet: boolean;
  actions: Action[];
}) {
  const truth = new Truth(options);
  const { bmc } = truth;
  if (!isClockSet) bmc.clockOffsetSeconds = undefined;
  for (const action of actions) {
    if (action.do !== 'poll') {
      take(truth, action);
      continue;
    }
    truth.advance(1);
    const began = bmc.commands;
    const meanwhile = [...action.meanwhile];
    bmc.beforeCommand = () => {
      const count = bmc.commands - began;
      if (count > action.cutAfter) timeOut();
      for (const { after, step } of meanwhile.splice(0)) {
        if (count <= after) meanwhile.push({ after, step });
        else take(truth, step);
      }
    };
    await truth.poll(action);
    truth.expectNoneDoubled();
  }
  bmc.beforeCommand = () => undefined;
  // A record that stands before the last one is looked for once the log has been read to its end.
  for (let polls = 0; polls < 40; polls += 1) {
    truth.advance(30);
    if ((await truth.poll({})) && polls > 2) break;
  }
  truth.expectRead();
}

describe('readNewRecords on a model of a BMC', () => {
  it('publishes every record once, whatever happens in between', async () => {
    await fc.assert(fc.asyncProperty(histories, live), { numRuns: 500 });
  });
});
