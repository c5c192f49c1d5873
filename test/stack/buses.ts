import { openEmbeddedHarness } from '#shared/bus/embedded/testing/harness.ts';
import { TestBuses } from '#shared/bus/kafka/test-bus.ts';
import { kafkaAddress } from './addresses.ts';

const address = kafkaAddress();

/** Both buses, for `describe.each`: the name, whether it cannot run here, and how it is opened. */
export const buses = [
  ['embedded', false, openEmbeddedHarness],
  ['Kafka', address === undefined, () => new TestBuses(address ?? '').harness()],
] as const;
