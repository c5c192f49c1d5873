import { elasticsearchAddress, kafkaAddress } from './addresses.ts';
import { canBuild } from './build.ts';
import { startStack } from './stack.ts';

/**
 * Gives the test run a real Kafka and a real Elasticsearch: those that the user named, else a stack of its own. Where there
 * can be neither, the tests that need them are skipped with one line, and in CI that is a failure.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const nothing = async (): Promise<void> => {};
  if (kafkaAddress() !== undefined && elasticsearchAddress() !== undefined) return nothing;
  if (process.env.LOGPATROL_TEST_STACK === 'none') {
    console.warn(
      'No real Kafka and Elasticsearch (LOGPATROL_TEST_STACK=none): the tests that need them are skipped.',
    );
    return nothing;
  }
  if (!(await canBuild())) {
    const line =
      'No real Kafka and Elasticsearch: neither LOGPATROL_TEST_KAFKA and LOGPATROL_TEST_ELASTICSEARCH nor Java and Maven are here.';
    if (process.env.CI) throw new Error(`${line} In CI that is a failure.`);
    console.warn(`${line} The tests that need them are skipped.`);
    return nothing;
  }
  const stack = await startStack({ say: (line) => console.error(line) });
  process.env.LOGPATROL_TEST_KAFKA ??= stack.kafkaAddress;
  process.env.LOGPATROL_TEST_ELASTICSEARCH ??= stack.elasticsearchAddress;
  return () => stack.stop();
}
