import { setTimeout as sleep } from 'node:timers/promises';
import type { Writer } from '#shared/bus/port.ts';
import type { Stack } from '#test/stack/stack.ts';
import type { Fault, FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import type { Load } from './load.ts';

export interface OutageOptions {
  readonly stack: Stack;
  readonly feishu: FeishuStandIn;
  readonly load: Load;
  readonly writer: Writer;
  /** How long Elasticsearch is down. */
  readonly downMs: number;
  /** How long Feishu misbehaves in each way. */
  readonly faultMs: number;
  say(line: string): void;
}

const faults: readonly Fault[] = [
  { kind: 'status', status: 429, resetSeconds: 2 },
  { kind: 'code', code: 11232 },
  { kind: 'status', status: 503 },
  { kind: 'reset' },
  { kind: 'hang' },
  { kind: 'slow', ms: 3000 },
];

/**
 * Takes each of the far sides away and gives it back, with the load going on.
 *
 * @returns what was wrong in the meantime, one line each
 */
export async function outages(options: OutageOptions): Promise<string[]> {
  const { stack, feishu, load, writer, say } = options;
  const wrong: string[] = [];

  say(`Elasticsearch down for ${options.downMs / 1000} s`);
  const failuresBefore = load.truth.failures.size;
  const toldBefore = feishu.accepted.length;
  await stack.elasticsearch.stop();
  await sleep(options.downMs);
  const newFailures = load.truth.failures.size - failuresBefore;
  const told = feishu.accepted.length - toldBefore;
  if (newFailures > 2 && told === 0)
    wrong.push(`with Elasticsearch down, ${newFailures} new failures were sent and no card arrived`);
  await stack.elasticsearch.start();
  say(`Elasticsearch up again; ${told} cards in the meantime for about ${newFailures} new failures`);

  say('Kafka restarts');
  // The load stands still: what a writer does not know to be written, no truth can be kept of.
  await load.pause();
  await stack.kafka.stop();
  await sleep(5000);
  await stack.kafka.start();
  await untilWritable(writer);
  load.resume();
  say('Kafka up again');

  for (const fault of faults) {
    say(`Feishu: ${JSON.stringify(fault)} for ${options.faultMs / 1000} s`);
    feishu.faults.always(fault);
    await sleep(options.faultMs);
    feishu.faults.always(undefined);
  }
  say('Feishu gone');
  await feishu.down();
  await sleep(options.faultMs);
  await feishu.up();
  // A 200 that says nothing is tried a few times and then dead-lettered, so only as many as are tried.
  say('Feishu: two answers that say nothing');
  feishu.faults.next({ kind: 'garbage' }, 1);
  feishu.faults.next({ kind: 'empty' }, 1);
  await sleep(options.faultMs);
  return wrong;
}

/** A broker that has just started takes a while to load its coordinators; a write to a topic that nothing counts tells. */
async function untilWritable(writer: Writer): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    try {
      await writer.write([{ topic: 'positions', key: 'integrity', value: null }]);
      return;
    } catch {
      // Not yet; whether this tombstone was written does not matter.
      await sleep(500);
    }
  }
  throw new Error('Kafka takes no writes 30 s after its restart');
}
