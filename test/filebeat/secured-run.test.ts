import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { install, kafkaOf, quiet, type Setting } from '#shared/bus/kafka/access/testing/setting.ts';
import { clientFactory } from '#shared/bus/kafka/client.ts';
import { noSecured } from '#test/stack/secured.ts';
import { type SecuredKafka, startSecuredKafka } from '#test/stack/secured-kafka.ts';
import { type RealFilebeat, realFilebeat } from './real-filebeat.ts';

const program = process.env.LOGPATROL_TEST_FILEBEAT;
const prefix = 'fb.';

describe.skipIf(program === undefined || noSecured !== undefined)(
  'a real Filebeat at a secured Kafka',
  () => {
    let kafka: SecuredKafka | undefined;
    let setting: Setting;
    let filebeat: RealFilebeat;

    beforeAll(async () => {
      filebeat = realFilebeat(program ?? '');
      kafka = await startSecuredKafka();
      setting = await install(kafka, prefix, {});
      const secrets = join(kafka.secrets, 'filebeat');
      filebeat.start({
        KAFKA_BROKERS: kafka.address,
        KAFKA_TLS: 'true',
        KAFKA_CA: join(secrets, 'ca.pem'),
        KAFKA_USERNAME: `${prefix}filebeat`,
        KAFKA_PASSWORD_FILE: join(secrets, 'kafka-password'),
        KAFKA_TOPIC_PREFIX: prefix,
      });
    }, 180_000);
    afterAll(async () => {
      await filebeat?.stop('SIGTERM');
      filebeat?.remove();
      await kafka?.stop();
    });

    async function recordsIn(type: string): Promise<number> {
      const admin = clientFactory(kafkaOf(setting.config), 'test', quiet)().admin();
      await admin.connect();
      const offsets = await admin.fetchTopicOffsets(`${prefix}logs.${type}`);
      await admin.disconnect();
      return offsets.reduce((sum, { offset }) => sum + Number(offset), 0);
    }

    it('writes with the account and the rights that setup gives it', async () => {
      await filebeat.write('/var/log/syslog', 'Nov 21 01:47:06 web-1 sshd[812]: one\n');
      await filebeat.write('/var/log/nginx/access.log', 'two\n');
      const both = async () => (await recordsIn('syslog')) + (await recordsIn('nginx'));
      await vi
        .waitUntil(async () => (await both()) === 2, { timeout: 40_000, interval: 500 })
        .catch(() => expect.fail(filebeat.log()));
    });
  },
);
