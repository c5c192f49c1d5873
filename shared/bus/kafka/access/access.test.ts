import { afterAll, beforeAll, describe } from 'vitest';
import { noSecured } from '#test/stack/secured.ts';
import type { SecuredKafka } from '#test/stack/secured-kafka.ts';
import { matrixSuite } from './testing/matrix-suite.ts';
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

  describe('every account, trying everything', () => matrixSuite(theKafka));
});
