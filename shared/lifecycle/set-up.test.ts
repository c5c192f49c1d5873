import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { initSecrets, readSecret } from '#shared/secrets/index.ts';
import { setUp } from './set-up.ts';
import { asAdministrator } from './set-up-access.ts';

const logger = pino({ level: 'silent' });

describe('setUp', () => {
  let folder: string;
  let secrets: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'logpatrol-set-up-'));
    secrets = join(folder, 'secrets');
    await initSecrets(secrets, { now: Date.now() });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const embedded = () => ConfigSchema.parse({ dataDir: join(folder, 'data') });

  it('sets up what it is asked for, in its own order', async () => {
    const what = async (parts?: ('topics' | 'store')[]) =>
      (await setUp(embedded(), { dryRun: true, logger, parts })).map((change) => change.what);
    const [topics, store] = [await what(['topics']), await what(['store'])];
    expect(topics).toContain('topic signals');
    expect(store).not.toContain('topic signals');
    expect(await what(['store', 'topics'])).toEqual([...topics, ...store]);
    expect(await what()).toEqual([...topics, ...store]);
  });

  it('has no accounts to set up where both are embedded', async () => {
    await expect(
      setUp(embedded(), { dryRun: true, logger, parts: ['access'], secrets }),
    ).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('embedded'),
    });
  });

  it('waits for a server that does not answer as long as it may, and says so once', async () => {
    const config = ConfigSchema.parse({
      dataDir: join(folder, 'data'),
      elasticsearch: { url: 'http://127.0.0.1:1' },
    });
    const said: string[] = [];
    const waited = setUp(config, {
      ...{ dryRun: true, logger, parts: ['store'], waitMs: 5000 },
      waiting: (line) => said.push(line),
    });
    await expect(waited).rejects.toMatchObject({ kind: 'unreachable' });
    expect(said).toEqual([expect.stringMatching(/^waiting up to \d+ s: .*127\.0\.0\.1:1/)]);
  }, 20_000);

  it('comes as the administrators of the folder, unless the configuration names others', () => {
    const password = readSecret(secrets, 'setup/kafka-password');
    const caFile = join(secrets, 'setup', 'ca.pem');
    const config = ConfigSchema.parse({
      kafka: { brokers: ['kafka:9092'], tls: true },
      elasticsearch: { url: 'https://elasticsearch:9200' },
      kibana: { url: 'https://logs.example.com', apiUrl: 'https://kibana:5601' },
    });
    const elastic = {
      username: 'elastic',
      password: readSecret(secrets, 'setup/elasticsearch-password'),
      caFile,
    };
    expect(asAdministrator(config, secrets)).toMatchObject({
      kafka: { caFile, sasl: { mechanism: 'scram-sha-512', username: 'admin', password } },
      elasticsearch: elastic,
      kibana: elastic,
    });
    const named = ConfigSchema.parse({
      kafka: {
        brokers: ['kafka:9092'],
        ...{ tls: true, caFile: '/ca.pem' },
        sasl: { mechanism: 'plain', username: 'boss', password: 'p' },
      },
      elasticsearch: { url: 'http://elasticsearch:9200', apiKey: 'a-key' },
    });
    expect(asAdministrator(named, secrets)).toEqual(named);
  });
});
