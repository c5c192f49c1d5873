import { readFileSync } from 'node:fs';
import { messageOf } from '#shared/errors/index.ts';
import type { Mistake, Path } from './mistake.ts';
import { closest } from './suggest.ts';

interface Variable {
  readonly path: Path;
  readonly reads: 'text' | 'list' | 'number' | 'boolean';
  /** Can be given as `<name>_FILE` too, and is never printed. */
  readonly secret?: true;
}

/** Every variable that sets something, and the path that it sets. */
export const variables: Readonly<Record<string, Variable>> = {
  LOGPATROL_DATA_DIR: { path: ['dataDir'], reads: 'text' },
  LOGPATROL_LANGUAGE: { path: ['language'], reads: 'text' },
  LOGPATROL_LOG_LEVEL: { path: ['logLevel'], reads: 'text' },
  LOGPATROL_HTTP_HOST: { path: ['http', 'host'], reads: 'text' },
  LOGPATROL_HTTP_PORT: { path: ['http', 'port'], reads: 'number' },
  LOGPATROL_HTTP_PUBLIC_URL: { path: ['http', 'publicUrl'], reads: 'text' },
  LOGPATROL_HTTP_LINK_KEY: { path: ['http', 'linkKey'], reads: 'text', secret: true },
  LOGPATROL_HTTP_CERTIFICATE: { path: ['http', 'tls', 'certificateFile'], reads: 'text' },
  LOGPATROL_HTTP_KEY: { path: ['http', 'tls', 'keyFile'], reads: 'text' },
  LOGPATROL_HTTP_TOKEN: { path: ['http', 'token'], reads: 'text', secret: true },
  LOGPATROL_HTTP_METRICS_TOKEN: { path: ['http', 'metricsToken'], reads: 'text', secret: true },
  LOGPATROL_HTTP_TRUSTED_PROXIES: { path: ['http', 'trustedProxies'], reads: 'list' },
  LOGPATROL_KAFKA_BROKERS: { path: ['kafka', 'brokers'], reads: 'list' },
  LOGPATROL_KAFKA_PREFIX: { path: ['kafka', 'prefix'], reads: 'text' },
  LOGPATROL_KAFKA_TLS: { path: ['kafka', 'tls'], reads: 'boolean' },
  LOGPATROL_KAFKA_CA: { path: ['kafka', 'caFile'], reads: 'text' },
  LOGPATROL_KAFKA_SASL_MECHANISM: { path: ['kafka', 'sasl', 'mechanism'], reads: 'text' },
  LOGPATROL_KAFKA_SASL_USERNAME: { path: ['kafka', 'sasl', 'username'], reads: 'text' },
  LOGPATROL_KAFKA_SASL_PASSWORD: { path: ['kafka', 'sasl', 'password'], reads: 'text', secret: true },
  LOGPATROL_ELASTICSEARCH_URL: { path: ['elasticsearch', 'url'], reads: 'text' },
  LOGPATROL_ELASTICSEARCH_CA: { path: ['elasticsearch', 'caFile'], reads: 'text' },
  LOGPATROL_ELASTICSEARCH_USERNAME: { path: ['elasticsearch', 'username'], reads: 'text' },
  LOGPATROL_ELASTICSEARCH_PASSWORD: { path: ['elasticsearch', 'password'], reads: 'text', secret: true },
  LOGPATROL_ELASTICSEARCH_API_KEY: { path: ['elasticsearch', 'apiKey'], reads: 'text', secret: true },
  LOGPATROL_ELASTICSEARCH_NAMESPACE: { path: ['elasticsearch', 'namespace'], reads: 'text' },
  LOGPATROL_OLLAMA_URL: { path: ['ollama', 'url'], reads: 'text' },
  LOGPATROL_OLLAMA_MODEL: { path: ['ollama', 'model'], reads: 'text' },
  LOGPATROL_OPENAI_URL: { path: ['openai', 'url'], reads: 'text' },
  LOGPATROL_OPENAI_MODEL: { path: ['openai', 'model'], reads: 'text' },
  LOGPATROL_OPENAI_API_KEY: { path: ['openai', 'apiKey'], reads: 'text', secret: true },
  LOGPATROL_IPMI_INVENTORY_TOKEN: { path: ['ipmi', 'inventory', 'token'], reads: 'text', secret: true },
  LOGPATROL_ASSETS_TOKEN: { path: ['assets', 'token'], reads: 'text', secret: true },
  LOGPATROL_MASKING_KEY: { path: ['masking', 'key'], reads: 'text', secret: true },
  LOGPATROL_KIBANA_URL: { path: ['kibana', 'url'], reads: 'text' },
  LOGPATROL_KIBANA_API_URL: { path: ['kibana', 'apiUrl'], reads: 'text' },
  LOGPATROL_KIBANA_CA: { path: ['kibana', 'caFile'], reads: 'text' },
  LOGPATROL_KIBANA_SPACE: { path: ['kibana', 'space'], reads: 'text' },
  LOGPATROL_KIBANA_USERNAME: { path: ['kibana', 'username'], reads: 'text' },
  LOGPATROL_KIBANA_PASSWORD: { path: ['kibana', 'password'], reads: 'text', secret: true },
  LOGPATROL_KIBANA_API_KEY: { path: ['kibana', 'apiKey'], reads: 'text', secret: true },
  LOGPATROL_FEISHU_APP_ID: { path: ['feishuApps', 'main', 'appId'], reads: 'text' },
  LOGPATROL_FEISHU_APP_SECRET: { path: ['feishuApps', 'main', 'appSecret'], reads: 'text', secret: true },
  LOGPATROL_FEISHU_ENCRYPT_KEY: { path: ['feishuApps', 'main', 'encryptKey'], reads: 'text', secret: true },
  LOGPATROL_FEISHU_VERIFICATION_TOKEN: {
    path: ['feishuApps', 'main', 'verificationToken'],
    reads: 'text',
    secret: true,
  },
  LOGPATROL_DRILL_HEARTBEAT_URL: { path: ['drill', 'heartbeatUrl'], reads: 'text', secret: true },
  LOGPATROL_SLACK_WEBHOOK: { path: ['channels', 'slack', 'webhook'], reads: 'text', secret: true },
  LOGPATROL_FEISHU_WEBHOOK: { path: ['channels', 'feishu', 'webhook'], reads: 'text', secret: true },
  LOGPATROL_FEISHU_SECRET: { path: ['channels', 'feishu', 'secret'], reads: 'text', secret: true },
};

/** Variables that are read elsewhere: the configuration file's path, and the tests' own. */
const othersOwn = /^LOGPATROL_(?:CONFIG$|TEST_)/;

const known = [
  ...Object.entries(variables).flatMap(([name, variable]) =>
    variable.secret ? [name, `${name}_FILE`] : [name],
  ),
  'LOGPATROL_CONFIG',
];

/** One value from the environment: the variable that gave it, and where in the configuration it goes. */
export interface Setting {
  readonly variable: string;
  readonly path: Path;
  readonly value: unknown;
}

/** The variable that can set this path, to name it where a value is missing. */
export function variableFor(path: Path): string | undefined {
  return Object.keys(variables).find((name) => variables[name]?.path.join('.') === path.join('.'));
}

/**
 * What the environment sets, and its mistakes: an unknown `LOGPATROL_…` name, a value of the wrong kind, a secret given twice,
 * a `*_FILE` that cannot be read. A variable that is set to nothing counts as not set, as docker compose leaves them.
 */
export function readEnvironment(env: NodeJS.ProcessEnv): { settings: Setting[]; mistakes: Mistake[] } {
  const settings: Setting[] = [];
  const mistakes: Mistake[] = [];
  for (const name of Object.keys(env).sort()) {
    if (!name.startsWith('LOGPATROL_') || othersOwn.test(name) || known.includes(name)) continue;
    const meant = closest(name, known);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    mistakes.push({ where: name, message: `there is no such variable${hint}` });
  }
  for (const [name, variable] of Object.entries(variables)) {
    const text = variable.secret ? secretText(name, env, mistakes) : env[name];
    if (text === undefined || text === '') continue;
    const read = readValue(text, variable.reads);
    if (read.ok) settings.push({ variable: name, path: variable.path, value: read.value });
    else mistakes.push({ where: name, message: read.message });
  }
  return { settings, mistakes };
}

function secretText(name: string, env: NodeJS.ProcessEnv, mistakes: Mistake[]): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return env[name];
  if (env[name] !== undefined && env[name] !== '') {
    mistakes.push({ where: `${name}_FILE`, message: `${name} is set too; leave one of them out` });
    return undefined;
  }
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text === '') mistakes.push({ where: `${name}_FILE`, message: `${file} is empty` });
    return text;
  } catch (error) {
    mistakes.push({ where: `${name}_FILE`, message: `cannot be read: ${messageOf(error)}` });
    return undefined;
  }
}

type Read = { ok: true; value: unknown } | { ok: false; message: string };

function readValue(text: string, reads: Variable['reads']): Read {
  switch (reads) {
    case 'text':
      return { ok: true, value: text };
    case 'list':
      return {
        ok: true,
        value: text
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean),
      };
    case 'number':
      return /^\d+$/.test(text)
        ? { ok: true, value: Number(text) }
        : { ok: false, message: `expected a whole number, got ${JSON.stringify(text)}` };
    case 'boolean':
      return text === 'true' || text === 'false'
        ? { ok: true, value: text === 'true' }
        : { ok: false, message: `expected true or false, got ${JSON.stringify(text)}` };
  }
}
