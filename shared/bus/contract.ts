import { afterAll, beforeAll, describe } from 'vitest';
import { deliveryContract } from './contract/delivery.ts';
import type { BusHarness } from './contract/harness.ts';
import { inputContract } from './contract/inputs.ts';
import { membershipContract } from './contract/membership.ts';
import { poisonContract } from './contract/poison.ts';
import { recordContract } from './contract/records.ts';
import { stateContract } from './contract/state.ts';
import { topicContract } from './contract/topics.ts';

export type { BusHarness, Participant } from './contract/harness.ts';

/**
 * What every adapter must hold. The tests use topics and groups of their own on one bus, and run side by side, since on
 * Kafka most of their time is spent waiting for sessions and rebalances.
 */
export function busContract(name: string, open: () => Promise<BusHarness>): void {
  describe(`${name}: the bus contract`, { concurrent: true, timeout: 60_000 }, () => {
    let harness: BusHarness | undefined;
    const current = (): BusHarness => {
      if (!harness) throw new Error('the harness is not open');
      return harness;
    };
    beforeAll(async () => {
      harness = await open();
    }, 60_000);
    afterAll(() => harness?.close(), 60_000);
    recordContract(current);
    topicContract(current);
    deliveryContract(current);
    membershipContract(current);
    stateContract(current);
    inputContract(current);
    poisonContract(current);
  });
}
