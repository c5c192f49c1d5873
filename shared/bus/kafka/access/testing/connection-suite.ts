import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { openBus } from '#shared/lifecycle/index.ts';
import { initSecrets } from '#shared/secrets/index.ts';
import type { SecuredKafka } from '#test/stack/secured-kafka.ts';
import { openKafkaBus } from '../../../kafka.ts';
import { Line } from '../../line.ts';
import { install, kafkaOf, quiet, type Setting } from './setting.ts';

/** EndTxn, by https://kafka.apache.org/protocol.html#protocol_api_keys */
const endTxn = 26;

/** What somebody is told who does not get in, or may not. */
export function connectionSuite(kafka: () => SecuredKafka): void {
  let setting: Setting;
  beforeAll(async () => {
    setting = await install(kafka(), 'in.', { routes: { app: {} } });
  }, 60_000);

  type Kafka = NonNullable<Config['kafka']>;
  const sasl = { mechanism: 'scram-sha-512', username: 'in.tail', password: 'wrong' } as const;

  it.each<[string, (settings: Kafka) => Kafka, string]>([
    ['a wrong password', (own) => ({ ...own, sasl }), 'check kafka.sasl'],
    ['an unknown user', (own) => ({ ...own, sasl: { ...sasl, username: 'nobody' } }), 'check kafka.sasl'],
    [
      'another mechanism',
      (own) => ({ ...own, sasl: { ...sasl, mechanism: 'plain' } }),
      'kafka.sasl.mechanism',
    ],
    ['no user', ({ sasl: _, ...own }) => own, 'kafka.tls and kafka.sasl fit its listener'],
    [
      'no TLS',
      ({ caFile: _, ...own }) => ({ ...own, tls: false }),
      'kafka.tls and kafka.sasl fit its listener',
    ],
    ['no authority', ({ caFile: _, ...own }) => own, 'name that one (PEM) with kafka.caFile'],
    [
      'another authority',
      (own) => ({ ...own, caFile: join(kafka().secrets, 'other', 'tail', 'ca.pem') }),
      'kafka.caFile',
    ],
  ])('says in one line what to do about %s', async (_, spoil, expected) => {
    await initSecrets(join(kafka().secrets, 'other'), { now: Date.now() });
    const config = { ...setting.config, kafka: spoil(kafkaOf(setting.configAs('tail'))) };
    const bus = await openBus(config, { logger: quiet, observer: {}, name: 'test' });
    try {
      const error: unknown = await bus.verify([]).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(LogpatrolError);
      // Somebody may be about to mend it at the server: a service waits, a command ends with 1.
      expect(error).toMatchObject({
        action: 'retry',
        exitCode: 1,
        message: expect.stringContaining(expected),
      });
      expect(String(error)).not.toMatch(/\n|wrong/);
      expect(await bus.health()).toMatchObject({ ok: false, remedy: expect.stringContaining(expected) });
    } finally {
      await bus.close();
    }
  });

  it('says what to do about a right that is missing', async () => {
    const bus = await openBus(setting.configAs('tail'), { logger: quiet, observer: {}, name: 'test' });
    try {
      await expect(bus.writer('controls-x')).rejects.toThrow('logpatrol setup --secrets');
      const writer = await bus.writer('tail-x');
      await expect(writer.write([{ topic: 'controls', key: 'a', value: 'b' }])).rejects.toThrow(
        'kafka.sasl may not',
      );
      await writer.close();
    } finally {
      await bus.close();
    }
  });

  it('finds out about a lost commit on a topic that it may read, or says that it cannot', {
    timeout: 30_000,
  }, async () => {
    const tail = kafkaOf(setting.configAs('tail'));
    const line = await Line.open(kafka().address, readFileSync(tail.caFile ?? '', 'utf8'));
    const bus = await openKafkaBus({
      kafka: tail,
      clientId: 'test',
      logger: quiet,
      socketFactory: line.socketFactory,
    });
    try {
      const writer = await bus.writer('tail-lost');
      const log = { topic: 'logs.app', key: 'a', value: '{}' };
      line.lose('answer', endTxn);
      await writer.write([log, { topic: 'positions', key: 'a', value: '{}' }]);
      line.lose('answer', endTxn);
      const began = performance.now();
      await expect(writer.write([log])).rejects.toMatchObject({ action: 'retry' });
      expect(performance.now() - began).toBeLessThan(15_000);
    } finally {
      await bus.close();
      line.close();
    }
  });
}
