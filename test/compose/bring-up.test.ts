import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { clientFactory, type KafkaSettings } from '#shared/bus/kafka/client.ts';
import { KafkaConfig } from '#shared/config/servers-schema.ts';
import { freePort } from '#test/stack/server.ts';
import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import { composeCommands } from './compose-command.ts';
import { buildImages, hasDocker, imageBytes } from './images/build.ts';
import { ComposeProject } from './project.ts';

const own = ['indexer', 'analyzer', 'notifier', 'gateway', 'ipmi', 'housekeeping'] as const;
const up = ['kafka', 'elasticsearch', ...own] as const;
const oneShots = ['secrets', 'setup'] as const;
const mebibyte = 1024 ** 2;

const missing = await whatIsMissing();
if (missing !== undefined) {
  if (process.env.CI) throw new Error(`${missing} In CI that is a failure.`);
  console.warn(`${missing} The stack is not brought up.`);
}

async function whatIsMissing(): Promise<string | undefined> {
  if (composeCommands.length === 0) return 'docker compose is not installed.';
  return (await hasDocker()) ? undefined : 'No Docker daemon answers.';
}

describe.skipIf(missing !== undefined)('docker compose up', () => {
  const ports = { kafka: 0, elasticsearch: 0, gateway: 0 };
  let folder = '';
  let baseImage = '';
  let ownImage = '';
  let project: ComposeProject;
  let feishu = new FeishuStandIn();
  let secrets: ReadonlyMap<string, string> = new Map();
  let startedAt = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logpatrol-bring-up-'));
    project = new ComposeProject();
    const images = await buildImages((line) => console.log(line));
    baseImage = images.BASE_IMAGE;
    ownImage = images.LOGPATROL_IMAGE;
    project.set({ ...images });
    // Containers reach it, and so does this machine, and nobody else.
    const host = await project.makeNetwork();
    feishu = new FeishuStandIn({ host, secret: 'a-signing-secret', limits: 'unlimited' });
    await feishu.up();
    for (const name of ['kafka', 'elasticsearch', 'gateway'] as const) ports[name] = await freePort();
    project.set({
      KAFKA_PORT: String(ports.kafka),
      ELASTICSEARCH_PORT: String(ports.elasticsearch),
      GATEWAY_PORT: String(ports.gateway),
      LOGPATROL_OLLAMA_URL: '',
      LOGPATROL_OLLAMA_MODEL: '',
      LOGPATROL_FEISHU_WEBHOOK: feishu.webhook,
      LOGPATROL_FEISHU_SECRET: 'a-signing-secret',
    });
    startedAt = Date.now();
    try {
      await project.compose('up', '-d', '--no-build', ...up);
      secrets = await project.secrets([
        ...['setup/ca.pem', 'setup/elasticsearch-password', 'filebeat/kafka-password', 'gateway/http-token'],
      ]);
      await writeFile(join(folder, 'ca.pem'), `${secretOf('setup/ca.pem')}\n`);
    } catch (error) {
      console.error(await project.lastWords());
      throw error;
    }
  });

  afterAll(async () => {
    await project.down();
    await feishu.down();
    await rm(folder, { recursive: true, force: true });
  });

  /** A client of Kafka from outside, through the published port. */
  const kafka = (settings: Partial<KafkaSettings>) =>
    clientFactory(
      KafkaConfig.parse({ brokers: [`127.0.0.1:${ports.kafka}`], ...settings }),
      'bring-up',
      pino({ level: 'silent' }),
    )();
  const caFile = (): string => join(folder, 'ca.pem');
  const asFilebeat = (password = secretOf('filebeat/kafka-password')): Partial<KafkaSettings> => ({
    tls: true,
    caFile: caFile(),
    sasl: { mechanism: 'scram-sha-512', username: 'filebeat', password },
  });
  const secretOf = (place: string): string => secrets.get(place) ?? '';

  it('brings a card for a line that Filebeat would write, in less than three minutes from the start', async () => {
    const producer = kafka(asFilebeat()).producer();
    await producer.connect();
    const event = {
      '@timestamp': new Date().toISOString(),
      message: `${new Date().toISOString()} ERROR OrderService - java.lang.OutOfMemoryError: Java heap space`,
      host: { name: 'web-7' },
      log: { file: { path: '/var/log/apps/orders.log' }, offset: 0 },
      fields: { log_type: 'app' },
    };
    const writtenAt = Date.now();
    await producer.send({ topic: 'logs.app', messages: [{ key: 'web-7', value: JSON.stringify(event) }] });
    await producer.disconnect();
    await vi.waitUntil(() => feishu.accepted.length > 0, { timeout: 90_000, interval: 100 });
    const [card] = feishu.accepted;
    expect(card?.seen?.text).toContain('web-7');
    const seconds = ((card?.at ?? Number.NaN) - startedAt) / 1000;
    console.log(
      `From up to the card: ${seconds.toFixed(1)} s; from the line to the card: ${(card?.at ?? 0) - writtenAt} ms.`,
    );
    expect(seconds).toBeLessThan(180);
  });

  it('is healthy, at the first try and without a word of error', async () => {
    await vi.waitFor(
      async () => {
        const health = Array.from(await project.containers(up), ([name, { State }]) => [
          name,
          State.Health?.Status,
        ]);
        expect(Object.fromEntries(health)).toEqual(Object.fromEntries(up.map((name) => [name, 'healthy'])));
      },
      { timeout: 60_000, interval: 1000 },
    );
    const again = Array.from(await project.containers(up)).filter(([, { RestartCount }]) => RestartCount > 0);
    expect(again.map(([name]) => name)).toEqual([]);
    const { stdout } = await project.compose('logs', '--no-color', ...own);
    const errors = stdout.split('\n').filter((line) => /"log.level":"(error|fatal)"|defect/.test(line));
    expect(errors).toEqual([]);
  });

  it('brings the card of a drill', async () => {
    const said = await project.tryCompose('run', '--rm', '--no-deps', 'cli', 'drill', '--timeout', '60');
    console.log(said.stdout);
    expect(said).toMatchObject({ status: 0 });
  });

  it('is one image of less than 250 MB', async () => {
    const megabytes = (await imageBytes(ownImage)) / 1e6;
    console.log(`The image: ${megabytes.toFixed(0)} MB.`);
    expect(megabytes).toBeLessThan(250);
  });

  it('takes less than 1 GB for its own services at rest', async () => {
    const memory = await project.memory(own);
    const told = Array.from(memory, ([name, bytes]) => `${name} ${(bytes / mebibyte).toFixed(0)}`);
    const sum = Array.from(memory.values()).reduce((total, bytes) => total + bytes, 0);
    console.log(`MiB at rest: ${told.join(', ')}; together ${(sum / mebibyte).toFixed(0)}.`);
    expect(memory.size).toBe(own.length);
    expect(sum).toBeLessThan(1e9);
  });

  it('runs nothing as root, and writes nothing outside its volumes', async () => {
    const containers = await project.containers([...up, ...oneShots]);
    const writable = Array.from(containers).filter(([, { HostConfig }]) => !HostConfig.ReadonlyRootfs);
    expect(writable.map(([name]) => name)).toEqual([]);
    for (const name of up) {
      const processes = await project.processes(name);
      expect(processes.length, name).toBeGreaterThan(0);
      expect(
        processes.filter(({ uid }) => uid !== '1000'),
        name,
      ).toEqual([]);
      const touched = await project.exec(name, 'sh', '-c', 'touch /anything');
      expect(touched, name).toMatchObject({ status: 1, stderr: expect.stringContaining('Read-only') });
    }
  });

  it('has no program in its image that makes somebody else of whoever runs it', async () => {
    const found = await project.exec(
      'indexer',
      'sh',
      '-c',
      'find / -xdev -type f -perm /6000 2>/dev/null; true',
    );
    expect(found).toMatchObject({ status: 0, stdout: '' });
  });

  it('has a place for snapshots that Elasticsearch may write to', async () => {
    const written = await project.exec('elasticsearch', 'sh', '-c', 'touch /snapshots/a && rm /snapshots/a');
    expect(written).toMatchObject({ status: 0, stderr: '' });
  });

  it('publishes nothing beyond this machine', async () => {
    const containers = await project.containers(up);
    const published = Array.from(containers.values(), ({ NetworkSettings }) =>
      Object.values(NetworkSettings.Ports).flatMap((bindings) => bindings ?? []),
    ).flat();
    expect(published.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });

  it('has secrets that are nobody else’s, and none where others see it', async () => {
    const places = [
      ...[...own, 'filebeat', 'operator', 'setup'].map((consumer) => `${consumer}/kafka-password`),
      ...['setup/elasticsearch-password', 'kibana/elasticsearch-password', 'kibana/encryption-key'],
      ...['gateway/http-token', 'gateway/link-key', 'gateway/metrics-token', 'analyzer/masking-key'],
      ...['setup/viewer-password', 'grafana/admin-password', 'indexer/elasticsearch-api-key'],
    ];
    const values = Array.from((await project.secrets(places)).values());
    expect(values).toHaveLength(places.length);
    expect(new Set(values).size).toBe(places.length);
    for (const value of values) expect(value).toMatch(/^[\w+/=-]{40,}$/);

    const containers = await project.containers([...up, ...oneShots]);
    const seen = Array.from(containers.values(), ({ Config }) => Config.Env.join('\n')).join('\n');
    const words = (await Promise.all(up.map((name) => project.processes(name)))).flat();
    const logs = (await project.compose('logs', '--no-color')).stdout;
    const everywhere = [seen, ...words.map(({ command }) => command), logs].join('\n');
    expect(places.filter((_, index) => everywhere.includes(values[index] ?? '\n'))).toEqual([]);
    // Each sees its own folder alone.
    const listed = await project.exec('indexer', 'ls', '/secrets');
    expect(listed.stdout.trim().split('\n').sort()).toEqual([
      ...['ca.pem', 'certificate.pem', 'elasticsearch-api-key', 'kafka-password', 'key.pem', 'metrics-token'],
    ]);
  });

  it('gives Kibana its password and keys in a file that nobody else sees', async () => {
    // Kibana itself is not here: what its image would start prints what it would read.
    const stub = join(folder, 'kibana-docker');
    await writeFile(stub, '#!/bin/bash\ncat "$KBN_PATH_CONF/kibana.yml"\n', { mode: 0o755 });
    await mkdir(join(folder, 'kibana-config'));
    const mounts = [
      `${join(import.meta.dirname, '../../deploy/compose/kibana/start.sh')}:/start.sh`,
      `${join(import.meta.dirname, '../../deploy/compose/kibana/kibana.yml')}:/kibana.yml`,
      `${stub}:/usr/local/bin/kibana-docker`,
      `${join(folder, 'kibana-config')}:/usr/share/kibana/config`,
      `${project.name}_secrets-kibana:/secrets`,
    ].flatMap((mount) => ['-v', `${mount}:ro`]);
    const hardened = [
      '--read-only',
      '--cap-drop',
      'ALL',
      '--user',
      '1000',
      '--tmpfs',
      '/run/kibana:uid=1000',
    ];
    const words = ['run', '--rm', ...hardened, ...mounts, baseImage, 'bash', '/start.sh'];
    const { stdout } = await promisify(execFile)('docker', words);
    const places = ['kibana/elasticsearch-password', 'kibana/encryption-key'];
    const [password, key] = (await project.secrets(places)).values();
    expect(parse(stdout)).toMatchObject({
      'elasticsearch.username': 'kibana_system',
      'elasticsearch.password': password,
      'xpack.encryptedSavedObjects.encryptionKey': key,
      'xpack.security.encryptionKey': key,
      'server.ssl.enabled': true,
    });
  });

  it('lets nobody into Elasticsearch who does not say who it is', async () => {
    const dispatcher = new Agent({ connect: { ca: secretOf('setup/ca.pem') } });
    const url = `https://127.0.0.1:${ports.elasticsearch}/_search`;
    const ask = async (authorization?: string): Promise<number> => {
      const headers = authorization === undefined ? {} : { authorization };
      return (await fetch(url, { dispatcher, headers })).status;
    };
    const basic = (password: string): string =>
      `Basic ${Buffer.from(`elastic:${password}`).toString('base64')}`;
    expect(await ask()).toBe(401);
    expect(await ask(basic('changeme'))).toBe(401);
    expect(await ask(basic(secretOf('setup/elasticsearch-password')))).toBe(200);
    await expect(fetch(url)).rejects.toThrow();
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
  });

  it('lets nobody into Kafka who does not say who it is, and filebeat write alone', async () => {
    const connecting = async (settings: Partial<KafkaSettings>): Promise<void> => {
      const admin = kafka(settings).admin({ retry: { retries: 0 } });
      try {
        await admin.connect();
        await admin.fetchTopicMetadata({ topics: ['logs.app'] });
      } finally {
        await admin.disconnect();
      }
    };
    await expect(connecting({})).rejects.toThrow();
    await expect(connecting({ tls: true, caFile: caFile() })).rejects.toThrow();
    await expect(connecting(asFilebeat('wrong'))).rejects.toThrow(/authenticat/i);
    await expect(connecting(asFilebeat())).resolves.toBeUndefined();
    const admin = kafka(asFilebeat()).admin({ retry: { retries: 0 } });
    await admin.connect();
    await expect(admin.fetchTopicMetadata({ topics: ['findings'] })).rejects.toThrow(/authoriz/i);
    await admin.disconnect();
  });

  it('serves its API by HTTPS, to whoever has the token', async () => {
    const dispatcher = new Agent({ connect: { ca: secretOf('setup/ca.pem') } });
    const url = `https://localhost:${ports.gateway}/api/controls`;
    expect((await fetch(url, { dispatcher })).status).toBe(401);
    const token = secretOf('gateway/http-token');
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(url, { dispatcher, headers })).status).toBe(200);
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
    // In the network, too: the port of each service speaks nothing but TLS.
    expect(await speaksPlain(ports.gateway)).toBe(false);
  });

  it('changes nothing at a second time', async () => {
    const before = await project.containers(up);
    await project.compose('up', '-d', '--no-build', ...up);
    const after = await project.containers(up);
    const ids = (containers: typeof before) =>
      Array.from(containers, ([name, { Id, State }]) => [name, Id, State.StartedAt]).sort();
    expect(ids(after)).toEqual(ids(before));
    const setup = await project.compose('run', '--rm', '--no-deps', 'setup');
    expect(setup.stdout).toMatch(/^0 of \d+ changed$/m);
    const secrets = await project.compose('run', '--rm', '--no-deps', 'secrets');
    expect(secrets.stdout).toMatch(/^0 of \d+ files made/m);
  });

  it('stops within ten seconds, with nothing left undone', async () => {
    const took = Array.from((await project.stop(own)).values());
    for (const [name, { State }] of await project.containers(own))
      expect(State, name).toMatchObject({ Running: false, ExitCode: 0, OOMKilled: false });
    expect(took).toHaveLength(own.length);
    console.log(`Stopped after ${Math.max(...took).toFixed(0)} ms at the latest.`);
    expect(Math.max(...took)).toBeLessThan(10_000);
  });
});

/** True where an HTTP server answers without TLS. */
function speaksPlain(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setTimeout(10_000, () => socket.destroy(new Error('it says nothing')));
    socket.on('connect', () => socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text.startsWith('HTTP/1.1 200')));
  });
}
