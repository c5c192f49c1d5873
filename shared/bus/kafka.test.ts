import { describe } from 'vitest';
import { kafkaAddress } from '#test/stack/addresses.ts';
import { busContract } from './contract.ts';
import { TestBuses } from './kafka/test-bus.ts';

const address = kafkaAddress();

describe.skipIf(address === undefined)('on Kafka', () => {
  busContract('kafka', () => new TestBuses(address ?? '').harness());
});
