import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from './load.ts';
import { mistakesOf } from './testing/mistakes.ts';

const folder = mkdtempSync(join(tmpdir(), 'logpatrol-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(text: string): string {
  files += 1;
  const file = join(folder, `${files}.yaml`);
  writeFileSync(file, text);
  return file;
}

describe('the environment alone', () => {
  it('gives the defaults where it says nothing', async () => {
    const config = await loadConfig({ env: {} });
    expect(config.channels).toEqual({ console: { type: 'console', reveal: [], actions: true } });
    expect(config.kafka).toBeUndefined();
  });

  it('serves the common case', async () => {
    const config = await loadConfig({
      env: {
        LOGPATROL_KAFKA_BROKERS: 'a:9092, b:9092',
        LOGPATROL_KAFKA_PREFIX: 'x.',
        LOGPATROL_ELASTICSEARCH_URL: 'http://es:9200',
        LOGPATROL_ELASTICSEARCH_NAMESPACE: 'n1',
        LOGPATROL_OLLAMA_URL: 'http://ollama:11434',
        LOGPATROL_OLLAMA_MODEL: 'qwen3',
        LOGPATROL_FEISHU_WEBHOOK: 'https://open.feishu.cn/open-apis/bot/v2/hook/abc',
        LOGPATROL_FEISHU_SECRET: 'sss',
        LOGPATROL_DATA_DIR: '/d',
        LOGPATROL_HTTP_PORT: '0',
        LOGPATROL_HTTP_HOST: '0.0.0.0',
        LOGPATROL_LOG_LEVEL: 'warn',
        LOGPATROL_LANGUAGE: 'en',
        UNRELATED: 'x',
      },
    });
    expect(config.kafka).toMatchObject({ brokers: ['a:9092', 'b:9092'], prefix: 'x.' });
    expect(config.elasticsearch).toMatchObject({ url: 'http://es:9200', namespace: 'n1' });
    expect(config.ollama).toMatchObject({ url: 'http://ollama:11434', model: 'qwen3' });
    expect(Object.keys(config.channels)).toEqual(['feishu']);
    expect(config.channels.feishu).toMatchObject({ type: 'feishu', secret: 'sss' });
    expect(config).toMatchObject({ dataDir: '/d', logLevel: 'warn', language: 'en' });
    expect(config.http).toMatchObject({ host: '0.0.0.0', port: 0 });
  });

  it('takes secrets from files, without their last line break', async () => {
    const config = await loadConfig({
      env: {
        LOGPATROL_ELASTICSEARCH_URL: 'http://es:9200',
        LOGPATROL_ELASTICSEARCH_PASSWORD_FILE: fileOf('from-a-file\n'),
      },
    });
    expect(config.elasticsearch?.password).toBe('from-a-file');
  });

  it('takes an empty variable for one that is not set', async () => {
    const config = await loadConfig({ env: { LOGPATROL_KAFKA_BROKERS: '', LOGPATROL_FEISHU_SECRET: '' } });
    expect(config.kafka).toBeUndefined();
    expect(Object.keys(config.channels)).toEqual(['console']);
  });
});

describe('file and environment', () => {
  it('lets the environment win, and keeps the rest of the file', async () => {
    const file = fileOf('http: { port: 1234, host: 127.0.0.2 }\nchannels: { term: { type: console } }\n');
    const env = { LOGPATROL_HTTP_PORT: '4321', LOGPATROL_FEISHU_WEBHOOK: 'https://example.com/hook' };
    const config = await loadConfig({ file, env });
    expect(config.http).toMatchObject({ host: '127.0.0.2', port: 4321 });
    expect(Object.keys(config.channels).sort()).toEqual(['feishu', 'term']);
  });

  it('finds the file by LOGPATROL_CONFIG, and the flag before it', async () => {
    const env = { LOGPATROL_CONFIG: fileOf('dataDir: by-variable') };
    expect((await loadConfig({ env })).dataDir).toBe('by-variable');
    expect((await loadConfig({ env, file: fileOf('dataDir: by-flag') })).dataDir).toBe('by-flag');
  });

  it('takes an empty file for one that sets nothing', async () => {
    expect((await loadConfig({ file: fileOf('# nothing\n'), env: {} })).dataDir).toBe('data');
  });
});

describe('mistakes', () => {
  const table: [name: string, yaml: string, env: NodeJS.ProcessEnv, mistakes: string[]][] = [
    ['an unknown key', 'htpp: {}\n', {}, ['FILE:1:1: htpp: there is no such setting; did you mean http?']],
    [
      'an unknown key deep down',
      'http:\n  prot: 1\n',
      {},
      ['FILE:2:3: http.prot: there is no such setting; did you mean port?'],
    ],
    [
      'an unknown key like no other',
      'http:\n  zebra: 1\n',
      {},
      [
        'FILE:2:3: http.zebra: there is no such setting; known here: host, port, token, tokens, oidc, metricsToken, trustedProxies, limits, publicUrl, tls, linkKey, tokenFile, metricsTokenFile, linkKeyFile',
      ],
    ],
    [
      'an unknown key of a channel',
      'channels:\n  ops: { type: feishu, webhok: x, webhook: "https://a.example" }\n',
      {},
      ['FILE:2:24: channels.ops.webhok: there is no such setting; did you mean webhook?'],
    ],
    [
      'an unknown key of a channel that another type has',
      'channels:\n  ops: { type: console, webhok: x }\n',
      {},
      ['FILE:2:25: channels.ops.webhok: there is no such setting; known here: type, reveal, actions'],
    ],
    [
      'a type of channel that there is not',
      'channels:\n  ops: { type: slak }\n',
      {},
      [
        expect.stringMatching(
          /^FILE:2:10: channels\.ops\.type: there is no type of channel "slak"; did you mean slack\? There are console, .*webhook$/,
        ),
      ],
    ],
    [
      'a channel without a type',
      'channels:\n  ops: { webhook: "https://a.example" }\n',
      {},
      [expect.stringMatching(/^FILE:2:3: channels\.ops\.type: is missing; there are console, .*webhook$/)],
    ],
    [
      'a wrong type',
      'http: { port: yes please }',
      {},
      ['FILE:1:9: http.port: expected number, received string'],
    ],
    [
      'a value out of bounds',
      'retention:\n  logsDays: 0\n',
      {},
      [expect.stringContaining('FILE:2:3: retention.logsDays: Too small')],
    ],
    [
      'two models',
      'ollama: { model: x, url: "http://host:1" }\nopenai: { model: x, url: "http://host:2/v1" }\n',
      {},
      ['FILE:2:1: openai: there is ollama too; name one model, and leave the other out'],
    ],
    [
      'a password in an address',
      'ollama: { model: x, url: "http://u:hunter2@host:1" }\n',
      {},
      ['FILE:1:21: ollama.url: must not hold a user name or password'],
    ],
    ...['http://{host}/facts', 'http://cmdb/hosts', 'http://cmdb/a#{host}', 'http://{host}.cmdb/{host}'].map(
      (url): [string, string, NodeJS.ProcessEnv, string[]] => [
        `an inventory at ${url}`,
        `assets: { url: "${url}" }\n`,
        {},
        ['FILE:1:11: assets.url: must have {host} in its path or query'],
      ],
    ),
    ['no broker', 'kafka: { brokers: [nope] }', {}, ['FILE:1:20: kafka.brokers[0]: use host:port']],
    ['a list in place of the whole', '- a\n', {}, ['FILE:1:1: expected object, received array']],
    ['duplicate keys', 'dataDir: a\nhttp: {}\ndataDir: b\n', {}, ['FILE:3:1: Map keys must be unique']],
    ['bad syntax', 'http: [\n', {}, [expect.stringMatching(/^FILE:\d+:\d+: /)]],
    [
      'a channel that is not there',
      'routes:\n  app:\n    channels: [ops]\n',
      {},
      ['FILE:3:16: routes.app.channels[0]: there is no channel "ops" under channels'],
    ],
    [
      'names of nobody and nothing in who is told, all of them',
      `channels:
  ops: { type: console }
  bot: { type: feishu-app, chat: oc_a }
routing:
  channel: opps
  fallback: [ops]
  tell: [ana, nobody]
  escalate: [{ afterMinutes: 5, channels: [pager], tell: [all] }]
  routes:
    - { name: a, channel: ops, fallback: [ops] }
    - { name: a, routes: [{ name: b, also: [mail] }] }
operator: { channel: root }
people: { ana: { name: Ana, role: boss, channel: hers } }
teams: { dba: { members: [bo] } }
interaction: { defaultRole: nope }
http: { publicUrl: "https://logpatrol.example" }
`,
      {},
      [
        'FILE:5:3: routing.channel: there is no channel "opps" under channels',
        'FILE:7:15: routing.tell[1]: there is nobody "nobody" under people or teams',
        'FILE:8:44: routing.escalate[0].channels[0]: there is no channel "pager" under channels',
        'FILE:8:59: routing.escalate[0].tell[0]: there is nobody "all" under people or teams',
        'FILE:10:43: routing.routes[0].fallback[0]: a channel cannot take its own place; name another',
        'FILE:11:9: routing.routes[1].name: another route beside it is called "a"',
        'FILE:11:45: routing.routes[1].routes[0].also[0]: there is no channel "mail" under channels',
        'FILE:12:13: operator.channel: there is no channel "root" under channels',
        'FILE:13:41: people.ana.channel: there is no channel "hers" under channels',
        'FILE:13:29: people.ana.role: there is no role "boss" under interaction.roles',
        'FILE:14:27: teams.dba.members[0]: there is nobody "bo" under people',
        'FILE:15:16: interaction.defaultRole: there is no role "nope" under interaction.roles',
        'FILE:3:3: channels.bot.app: there is no app "main" under feishuApps',
        'FILE:16:9: http.publicUrl: needs http.linkKey too, which signs the links (LOGPATROL_HTTP_LINK_KEY)',
      ],
    ],
    [
      'an App ID that the platform gives to no app',
      'feishuApps:\n  main: { appId: cli_main, appSecret: s }\n',
      {},
      [
        'FILE:2:11: feishuApps.main.appId: is no App ID: cli_ and 16 hexadecimal digits, as on the app’s page "Credentials & Basic Info" (凭证与基础信息)',
      ],
    ],
    [
      'a route that is not there',
      'routes: { app: {} }\ntail:\n  files:\n    - path: a\n      type: web\n',
      {},
      ['FILE:5:7: tail.files[0].type: there is no route "web" under routes'],
    ],
    [
      'BMCs without a route for their events',
      'routes: { app: {} }\nipmi:\n  servers:\n    - { name: a, host: a }\n',
      {},
      ['FILE:2:1: ipmi: events of BMCs need a route "ipmi" under routes'],
    ],
    [
      'a password of a BMC',
      'ipmi:\n  password: abc\n  servers:\n    - { name: a, host: a, password: abc }\n',
      {},
      ['FILE:4:27: ipmi.servers[0].password: ', 'FILE:2:3: ipmi.password: '].map(
        (place) =>
          `${place}passwords are not kept here; put it into a file and name that as passwordFile, or into an environment variable and name that as passwordEnv`,
      ),
    ],
    [
      'a BMC with its port in the address',
      'ipmi:\n  servers:\n    - { name: a, host: "10.0.0.1:623" }\n    - { name: b, host: "fe80::1" }\n',
      {},
      ['FILE:3:18: ipmi.servers[0].host: the port has a setting of its own: port'],
    ],
    [
      'limits the wrong way round',
      `ipmi:
  limits:
    - { sensors: "*", warning: 80, critical: 60 }
    - { sensors: "*", belowWarning: 5, belowCritical: 8 }
    - { sensors: "*", warning: 80, critical: null, belowWarning: 5, belowCritical: 5 }
hardware: { disk: { warning: 96 } }
`,
      {},
      [
        'FILE:3:36: ipmi.limits[0].critical: is below the limit of a warning (80)',
        'FILE:4:40: ipmi.limits[1].belowCritical: is above the limit of a warning (5)',
        'FILE:6:13: hardware.disk.critical: is below the limit of a warning (96)',
      ],
    ],
    [
      'a partition twice, and no last domain',
      'domains:\n  - { name: a, partition: 0, types: [app] }\n  - { name: b, partition: 0, types: [web] }\n',
      {},
      [
        'FILE:3:16: domains[1].partition: already the partition of domain "a"',
        'FILE:1:1: domains: add a last domain without types and services, which takes everything else',
      ],
    ],
    [
      'a mistyped variable',
      '',
      { LOGPATROL_KAFKA_BROKER: 'a:1' },
      ['LOGPATROL_KAFKA_BROKER: there is no such variable; did you mean LOGPATROL_KAFKA_BROKERS?'],
    ],
    [
      'a variable like no other',
      '',
      { LOGPATROL_ZZZZZZZZZ: 'a' },
      ['LOGPATROL_ZZZZZZZZZ: there is no such variable'],
    ],
    [
      'a variable with a wrong value',
      '',
      { LOGPATROL_HTTP_PORT: '80a' },
      ['LOGPATROL_HTTP_PORT: expected a whole number, got "80a"'],
    ],
    [
      'a variable out of bounds is named as the place',
      'http: { port: 80 }',
      { LOGPATROL_HTTP_PORT: '70000' },
      [expect.stringMatching(/^LOGPATROL_HTTP_PORT: http\.port: Too big/)],
    ],
    [
      'half of a pair of variables',
      '',
      { LOGPATROL_OLLAMA_URL: 'http://x:1' },
      ['LOGPATROL_OLLAMA_URL: ollama.model: is missing (can be set by LOGPATROL_OLLAMA_MODEL)'],
    ],
    [
      'half of a pair beside another variable of its section',
      'http: { host: 127.0.0.1 }',
      { LOGPATROL_HTTP_PORT: '8631', LOGPATROL_HTTP_CERTIFICATE: '/x' },
      ['LOGPATROL_HTTP_CERTIFICATE: http.tls.keyFile: is missing (can be set by LOGPATROL_HTTP_KEY)'],
    ],
    [
      'a secret twice',
      '',
      { LOGPATROL_FEISHU_WEBHOOK: 'https://a.example', LOGPATROL_FEISHU_WEBHOOK_FILE: '/x' },
      ['LOGPATROL_FEISHU_WEBHOOK_FILE: LOGPATROL_FEISHU_WEBHOOK is set too; leave one of them out'],
    ],
    [
      'a secret file that is not there',
      '',
      { LOGPATROL_FEISHU_WEBHOOK_FILE: '/nowhere/at/all' },
      [expect.stringContaining('LOGPATROL_FEISHU_WEBHOOK_FILE: cannot be read: ENOENT')],
    ],
  ];
  it.each(table)('%s', async (_name, yaml, env, expected) => {
    expect(await mistakesOf(yaml, env)).toEqual(expected);
  });

  it('are listed all at once: shape, contradictions, variables', async () => {
    const yaml = 'http: { port: x }\nzebra: 1\nroutes: { app: { channels: [nope] } }\n';
    const mistakes = await mistakesOf(yaml, { LOGPATROL_X: '1', LOGPATROL_OLLAMA_URL: 'no-url' });
    expect(mistakes.map((line) => line.replace(/: .*/, '').replace(/:\d+:\d+$/, ''))).toEqual([
      'LOGPATROL_X',
      'FILE',
      'LOGPATROL_OLLAMA_URL',
      'LOGPATROL_OLLAMA_URL',
      'FILE',
      'FILE',
    ]);
    expect(mistakes.join('\n')).toContain('routes.app.channels[0]: there is no channel "nope"');
  });

  it('never quote a secret', async () => {
    const env = { LOGPATROL_FEISHU_WEBHOOK: 'hunter2', LOGPATROL_KAFKA_SASL_PASSWORD: 'hunter2' };
    expect((await mistakesOf('elasticsearch: { password: hunter2 }', env)).join()).not.toContain('hunter2');
    expect((await mistakesOf('password: hunter2\n bad: [')).join()).not.toContain('hunter2');
  });

  it('of the file itself are one line', async () => {
    await expect(loadConfig({ file: '/nowhere/logpatrol.yaml', env: {} })).rejects.toThrow(
      /^cannot read the configuration file .*: ENOENT/,
    );
    await expect(loadConfig({ file: folder, env: {} })).rejects.toThrow(/EISDIR/);
  });

  it('include a bomb of aliases', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g']
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[index]}`).join()}]`)
      .join('\n')}\n`;
    expect(await mistakesOf(bomb)).toEqual([expect.stringContaining('Excessive alias count')]);
  });
});
