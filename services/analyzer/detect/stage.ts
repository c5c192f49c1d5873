import type { StageDefinition } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import type { Signal } from '#shared/model/index.ts';
import { Counting, LineAllowance } from './counts.ts';
import { createDetector } from './detector.ts';
import type { RuleSet } from './rules/index.ts';
import { inTimeOrder } from './time-order.ts';

export interface DetectStageOptions {
  /** The log type: the stage reads `logs.<type>`. */
  readonly type: string;
  readonly config: Config;
  readonly rules: RuleSet;
  /** Told of every batch, for metrics. Must not throw. */
  readonly observe?: (event: {
    readonly type: string;
    readonly lines: number;
    readonly decoded: number;
    readonly signals: number;
    readonly late: number;
    readonly future: number;
    readonly passedOver: number;
  }) => void;
}

/**
 * Enough for the cost of a transaction not to matter at full speed, and small enough to be worked through in some milliseconds.
 */
const maxBatchBytes = 4 * 1024 * 1024;

/** Consumer group of the stage for one log type. */
export function detectGroup(type: string): string {
  return `detect-${topic.logs(type)}`;
}

/** Log lines to signals. Without state: a batch that is worked through again gives the same signals. */
export function detectStage({ type, config, rules, observe }: DetectStageOptions): StageDefinition {
  const detector = createDetector({
    rules,
    type,
    packs: config.routes[type]?.packs,
    domains: config.domains,
    timeZone: config.routes[type]?.timeZone,
    leavesBmcEvents: true,
  });
  const allowance = new LineAllowance(config.rates);
  const partitionOf = (name: string): number =>
    config.domains.find((domain) => domain.name === name)?.partition ?? 0;
  return {
    group: detectGroup(type),
    input: topic.logs(type),
    start: 'committed',
    state: [],
    maxBatchBytes,
    task() {
      const counting = config.rates.enabled ? new Counting(allowance) : undefined;
      return {
        handle(input, { now }) {
          if (input.kind !== 'batch') return { records: [] };
          const detection = detector.detect(input.records, now, counting);
          const { signals, clears, counts, lines, decoded, late, future, passedOver } = detection;
          observe?.({
            ...{ type, lines, decoded, signals: signals.length + clears.length },
            ...{ late, future, passedOver },
          });
          const last = input.records.at(-1);
          const records = [...inTimeOrder(signals, clears), ...counts].map((signal) => ({
            topic: topic.signals,
            partition: partitionOf(signal.domain),
            key: keyOf(signal),
            value: JSON.stringify(signal),
          }));
          return { records, ...(last !== undefined && { covers: last.offset + 1 }) };
        },
      };
    },
  };
}

function keyOf(signal: Signal): string {
  switch (signal.kind) {
    case 'hit':
      return signal.fingerprint;
    case 'clear':
      return signal.rule;
    case 'counts':
      return 'counts';
    case 'action':
      return signal.incidentId;
  }
}
