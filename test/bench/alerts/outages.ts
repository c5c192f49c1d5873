import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '#test/integrity/random.ts';
import type { FeishuProcess } from '#test/stand-ins/feishu/index.ts';

/** A time in which the far side takes nothing; milliseconds from the storm's beginning. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  /** The port is closed, a gateway in front of it answers 503, or it never answers. */
  readonly kind: 'closed' | 'status' | 'hang';
}

export interface OutagePlan {
  readonly stormMs: number;
  /** So long after the storm there are outages. */
  readonly watchMs: number;
  /** Down for so long in all within that time. */
  readonly downMs: number;
  readonly seed: number;
}

/** Shares of the time down: a long one and some shorter. */
const shares = [0.5, 0.24, 0.16, 0.1];
const kinds = ['closed', 'status', 'hang', 'closed'] as const;

/**
 * Outages at random within the time after the storm, in a random order, that take exactly `downMs` of it; and the first of them
 * begins in the storm already (a third of the storm before its end), so that critical findings are put while nothing is taken.
 */
export function outagesOf({ stormMs, watchMs, downMs, seed }: OutagePlan): Outage[] {
  const random = createRandom(seed);
  const order = shares
    .map((share, index) => ({ ms: share * downMs, kind: kinds[index] ?? 'closed', place: random.next() }))
    .sort((a, b) => a.place - b.place);
  // The time up is cut at random too, with something of it between any two.
  const cuts = Array.from({ length: order.length }, () => 0.2 + random.next());
  const whole = cuts.reduce((sum, cut) => sum + cut, 0);
  let at = stormMs;
  return order.map(({ ms, kind }, index) => {
    const fromMs = index === 0 ? stormMs * (2 / 3) : at;
    const toMs = at + ms;
    at = toMs + ((cuts[index] ?? 0) / whole) * (watchMs - downMs);
    return { fromMs: Math.round(fromMs), toMs: Math.round(toMs), kind };
  });
}

/** A stretch of time, in milliseconds since the epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Lets the outages happen as planned. Gives when each really was: from before the far side was told to misbehave until it was well. */
export async function undergo(
  feishu: FeishuProcess,
  outages: readonly Outage[],
  began: number,
  say: (line: string) => void,
): Promise<Stretch[]> {
  const stretches: Stretch[] = [];
  for (const { fromMs, toMs, kind } of outages) {
    await sleep(Math.max(0, began + fromMs - Date.now()));
    const from = Date.now();
    say(`Feishu down (${kind}) for ${Math.round((toMs - fromMs) / 1000)} s`);
    if (kind === 'closed') await feishu.down();
    else if (kind === 'hang') await feishu.misbehave({ kind: 'hang' });
    else await feishu.misbehave({ kind: 'status', status: 503 });
    await sleep(Math.max(0, began + toMs - Date.now()));
    if (kind === 'closed') await feishu.up();
    else await feishu.well();
    stretches.push({ from, to: Date.now() });
    say('Feishu up');
  }
  return stretches;
}
