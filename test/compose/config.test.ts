import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readEnvironment } from '#shared/config/environment.ts';
import { loadConfig } from '#shared/config/index.ts';
import { consumers } from '#shared/secrets/layout.ts';
import { composeCommands } from './compose-command.ts';
import { type Rendering, type Service, servicesBy } from './compose-file.ts';

const root = join(import.meta.dirname, '..', '..');
const everyProfile = ['gpu', 'hardware', 'monitoring', 'tools'];
const small = ['docker-compose.yml', 'docker-compose.small.yml'];
const gibibyte = 1024 ** 3;

if (composeCommands.length === 0)
  console.warn('docker compose is not installed: docker-compose.yml is not checked by it.');

const folder = mkdtempSync(join(tmpdir(), 'logpatrol-compose-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe
  .skipIf(composeCommands.length === 0)
  .each(composeCommands.map(({ words }) => [words.join(' '), words] as const))('%s', (_name, command) => {
  const all = servicesBy(command, { profiles: everyProfile });
  const entries = Object.entries(all);
  const oneShots = ['secrets', 'setup', 'kibana-setup', 'ollama-model', 'cli'];

  it('has every service', () => {
    expect(Object.keys(all).sort()).toEqual(
      [
        ...['analyzer', 'cli', 'elasticsearch', 'filebeat', 'gateway', 'grafana', 'housekeeping', 'indexer'],
        ...['ipmi', 'kafka', 'kibana', 'kibana-setup', 'notifier', 'ollama', 'ollama-gpu', 'ollama-model'],
        ...['prometheus', 'secrets', 'setup'],
      ].sort(),
    );
    expect(Object.keys(servicesBy(command))).not.toContain('ipmi');
  });

  it.each(entries)('%s has a pinned image and no privilege, and is bounded', (name, service) => {
    expect(service.image).toMatch(/:[\w.-]+$/);
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], privileged: false });
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service).toMatchObject({ ulimits: { core: 0 } });
    expect(service.cap_add).toEqual(name === 'filebeat' ? ['DAC_READ_SEARCH'] : []);
    expect(service.user === 'root').toBe(name === 'filebeat');
    expect(service.mem_limit).toBeGreaterThan(0);
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(service.logging?.options).toMatchObject({ 'max-file': '3', 'max-size': '20m' });
    if (!oneShots.includes(name)) expect(service.restart).toBe('unless-stopped');
  });

  it('publishes nothing beyond this machine, unless told to', () => {
    expect(entries.flatMap(([, { ports }]) => ports).filter((host) => host !== '127.0.0.1')).toEqual([]);
    const env = { GATEWAY_BIND: '0.0.0.0' };
    expect(servicesBy(command, { env }).gateway?.ports).toEqual(['0.0.0.0']);
  });

  it('gives each its own secrets alone', () => {
    const administrators = ['secrets', 'setup', 'kibana-setup'];
    const own: Record<string, string> = { cli: 'secrets-operator' };
    for (const [name, service] of entries) {
      if (administrators.includes(name)) continue;
      const mounts = secretsOf(service);
      if (name.startsWith('ollama')) expect(mounts).toEqual([]);
      else expect(mounts).toEqual([[own[name] ?? `secrets-${name}`, '/secrets', true]]);
    }
    const folders = consumers.map((consumer) => [`secrets-${consumer}`, `/secrets/${consumer}`, false]);
    expect(sorted(secretsOf(all.secrets))).toEqual(sorted(folders));
    expect(secretsOf(all['kibana-setup'])).toEqual([['secrets-setup', '/secrets/setup', true]]);
  });

  it('shows ./private/<name> to that one alone, and ./config to the services that read it', () => {
    const seen = (folder: string) =>
      entries.flatMap(([name, { volumes }]) =>
        volumes
          .filter(({ source }) => source.startsWith(folder))
          .map(({ source, target, isReadOnly }) => [name, source.slice(folder.length), target, isReadOnly]),
      );
    expect(sorted(seen(join(root, 'private/')))).toEqual([
      ['elasticsearch', 'elasticsearch', '/s3', true],
      ['gateway', 'gateway', '/private', true],
      ['kibana-setup', 'setup', '/private', true],
      ['kibana', 'kibana', '/private', true],
      ['setup', 'setup', '/private', true],
    ]);
    const config = seen(join(root, 'config'));
    expect(config.filter(([, part]) => part === '').map(([name]) => name)).toEqual(
      expect.not.arrayContaining(['kafka', 'elasticsearch', 'kibana', 'filebeat', 'grafana', 'prometheus']),
    );
    const partly = config.filter(([, part]) => part !== '');
    expect(sorted(partly)).toEqual(
      ['filebeat', 'kibana'].map((name) => [name, '/authorities', '/config/authorities', true]),
    );
    expect(config.every(([, , , isReadOnly]) => isReadOnly)).toBe(true);
  });

  it('gives secrets of the outside to those that use them', () => {
    const used: Readonly<Record<string, readonly string[]>> = {
      LOGPATROL_OPENAI_API_KEY: ['analyzer', 'cli'],
      LOGPATROL_ASSETS_TOKEN: ['analyzer', 'cli'],
      LOGPATROL_FEISHU_SECRET: ['cli', 'notifier'],
      LOGPATROL_IPMI_INVENTORY_TOKEN: ['cli', 'ipmi'],
    };
    const env = Object.fromEntries(Object.keys(used).map((name) => [name, `value-of-${name}`]));
    const given = Object.entries(servicesBy(command, { profiles: everyProfile, env }));
    for (const [name, services] of Object.entries(used)) {
      const having = given.filter(([, { environment }]) =>
        Object.values(environment).includes(`value-of-${name}`),
      );
      expect(having.map(([service]) => service).sort(), name).toEqual(services);
    }
  });

  it('keeps no secret in its environment', () => {
    const named = entries.flatMap(([name, { environment }]) =>
      Object.entries(environment)
        .filter(([key, value]) => /PASSWORD|TOKEN|SECRET|API_KEY|WEBHOOK/.test(key) && Boolean(value))
        .filter(([, value]) => !/^\/secrets\/[\w/-]+$/.test(String(value)))
        .map(([key]) => `${name}: ${key}`),
    );
    expect(named).toEqual([]);
  });

  it.each(entries)('%s is given variables that there are', (_service, { environment }) => {
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'a-secret-of-some-length');
    const own = Object.entries(environment).filter(([key]) => key.startsWith('LOGPATROL_'));
    const env = Object.fromEntries(
      own.map(([key, value]) => [key, key.endsWith('_FILE') && value ? secret : String(value ?? '')]),
    );
    expect(readEnvironment(env).mistakes).toEqual([]);
  });

  it('starts by health, and waits for nothing that is not needed', () => {
    const waits = Object.fromEntries(
      entries.map(([name, { depends_on }]) => [
        name,
        Object.entries(depends_on).map(([on, { condition }]) => `${on} ${condition}`),
      ]),
    );
    const setUp = ['setup service_completed_successfully'];
    const secrets = ['secrets service_completed_successfully'];
    expect(waits).toMatchObject({ secrets: [], kafka: secrets, elasticsearch: secrets });
    expect(waits.setup?.sort()).toEqual(['elasticsearch service_healthy', 'kafka service_healthy']);
    for (const name of ['indexer', 'analyzer', 'notifier', 'gateway', 'ipmi', 'housekeeping', 'filebeat'])
      expect(waits[name]).toEqual(setUp);
    const optional = /^(kibana|ollama|filebeat|prometheus|grafana)/;
    const onOptional = Object.entries(waits).filter(([, on]) => on.some((one) => optional.test(one)));
    expect(onOptional.map(([name]) => name).sort()).toEqual(['kibana-setup', 'ollama-model']);
  });

  const whole = { profiles: ['hardware', 'monitoring'] };
  it.each<[string, Rendering, number]>([
    ['16 GB', { profiles: ['hardware'] }, 15],
    ['16 GB, with Prometheus and Grafana', whole, 15.5],
    ['8 GB', { files: small, profiles: ['hardware'] }, 7.3],
  ])('fits a host of %s', (_host, rendering, gibibytes) => {
    const services = servicesBy(command, rendering);
    const running = Object.entries(services).filter(([name]) => !oneShots.includes(name));
    const sum = running.reduce((total, [, { mem_limit = 0 }]) => total + mem_limit, 0);
    expect(sum / gibibyte).toBeLessThan(gibibytes);
  });

  it('asks for a smaller model where the host is small', () => {
    const env = { LOGPATROL_OLLAMA_MODEL: 'qwen3:0.6b' };
    for (const files of [['docker-compose.yml'], small])
      expect(servicesBy(command, { files, env }).analyzer?.environment).toMatchObject({
        LOGPATROL_OLLAMA_MODEL: 'qwen3:0.6b',
      });
  });

  it('takes models from a folder of the host where one is named', () => {
    const models = (env: Record<string, string>) =>
      servicesBy(command, { env }).ollama?.volumes.map(({ source, target }) => [source, target]);
    expect(models({})).toEqual([['ollama', '/models']]);
    expect(models({ LOGPATROL_OLLAMA_FOLDER: '/srv/models' })).toEqual([['/srv/models', '/models']]);
  });
});

function secretsOf(service: Service | undefined): (string | boolean)[][] {
  return (service?.volumes ?? [])
    .filter(({ source }) => source.startsWith('secrets-'))
    .map(({ source, target, isReadOnly }) => [source, target, isReadOnly]);
}

function sorted<Row extends readonly unknown[]>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => String(a).localeCompare(String(b)));
}

describe('docker-compose.yml', () => {
  const { 'x-settings': settings } = z
    .object({ 'x-settings': z.record(z.string(), z.string()) })
    .parse(parse(readFileSync(`${root}/docker-compose.yml`, 'utf8')));
  /** `${NAME-default}` and `${NAME:-default}`, as compose reads them. */
  const withSettings = (env: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [
        key,
        value.replaceAll(/\$\{(\w+)(:?)-([^}]*)\}/g, (_, name: string, colon: string, otherwise: string) => {
          const given = env[name];
          return given === undefined || (given === '' && colon !== '') ? otherwise : given;
        }),
      ]),
    );
  const account = { LOGPATROL_KAFKA_SASL_USERNAME: 'indexer', LOGPATROL_KAFKA_SASL_PASSWORD: 'secret' };

  it('has Ollama by default, and an OpenAI-compatible server where Ollama is left empty', async () => {
    const byDefault = await loadConfig({ env: { ...withSettings({}), ...account } });
    expect(byDefault).toMatchObject({ ollama: { url: 'http://ollama:11434', model: 'qwen3:8b' } });
    const env = withSettings({
      ...{ LOGPATROL_OLLAMA_URL: '', LOGPATROL_OLLAMA_MODEL: '' },
      ...{ LOGPATROL_OPENAI_URL: 'http://vllm:8000/v1', LOGPATROL_OPENAI_MODEL: 'qwen3-8b' },
    });
    const other = await loadConfig({ env: { ...env, ...account } });
    expect(other).toMatchObject({ openai: { url: 'http://vllm:8000/v1', model: 'qwen3-8b' } });
    expect(other).not.toHaveProperty('ollama');
  });

  it('has a line in .env.example for no variable that it does not read', () => {
    const files = ['docker-compose.yml', 'docker-compose.small.yml'];
    const text = files.map((file) => readFileSync(`${root}/${file}`, 'utf8')).join('');
    const read = new Set(Array.from(text.matchAll(/\$\{(\w+)/g), ([, name]) => name));
    const lines = readFileSync(`${root}/.env.example`, 'utf8').matchAll(/^#?([A-Z_]+)=/gm);
    const known = ['COMPOSE_PROFILES', 'COMPOSE_FILE'];
    const unread = Array.from(lines, ([, name = '']) => name).filter((name) => !read.has(name));
    expect(unread.filter((name) => !known.includes(name))).toEqual([]);
  });
});
