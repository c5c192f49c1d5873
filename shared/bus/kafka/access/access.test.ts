import { afterAll, beforeAll, describe } from 'vitest';
import { noSecured } from '#test/stack/secured.ts';
import type { SecuredKafka } from '#test/stack/secured-kafka.ts';
import { connectionSuite } from './testing/connection-suite.ts';
import { matrixSuite } from './testing/matrix-suite.ts';
import { servicesSuite } from './testing/services-suite.ts';
import { setUpSuite } from './testing/set-up-suite.ts';
import { start } from './testing/setting.ts';

/** One secured Kafka for all of it: starting one takes longer than most of these. */
describe.skipIf(noSecured !== undefined)('rights at Kafka', () => {
  let kafka: SecuredKafka | undefined;
  beforeAll(async () => {
    kafka = await start();
  }, 120_000);
  afterAll(() => kafka?.stop());
  const theKafka = (): SecuredKafka => {
    if (kafka === undefined) throw new Error('it has not started');
    return kafka;
  };

  describe('a connection', () => connectionSuite(theKafka));
  describe('set up and audited', () => setUpSuite(theKafka));
  describe('services with their own accounts', () => servicesSuite(theKafka));
  describe('every account, trying everything', () => matrixSuite(theKafka));
});
