/** `npm run stack`: a real Kafka and Elasticsearch for a person, until Ctrl-C. Data stays in `.stack/`. */
import { join } from 'node:path';
import { canBuild } from './build.ts';
import { startStack } from './stack.ts';

if (!(await canBuild())) {
  console.error(
    'The stack needs Java 17 or later (with its jar tool) and Maven. Install them and run this again.',
  );
  process.exit(78);
}
const stack = await startStack({
  say: (line) => console.error(line),
  folder: join(import.meta.dirname, '..', '..', '.stack'),
  kafkaPort: 9092,
  elasticsearchPort: 9200,
});
console.log(`Kafka         ${stack.kafkaAddress}
Elasticsearch ${stack.elasticsearchAddress}

In another terminal:
  export LOGPATROL_KAFKA_BROKERS=${stack.kafkaAddress} LOGPATROL_ELASTICSEARCH_URL=${stack.elasticsearchAddress}
  npx logpatrol setup
  npx logpatrol run all

Ctrl-C stops both.`);
const stop = async (): Promise<void> => {
  await stack.stop();
  process.exit(0);
};
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
