import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { topicSpecs } from '#shared/bus/topics.ts';
import { readEnvironment } from '#shared/config/environment.ts';
import { ConfigSchema, loadConfig } from '#shared/config/index.ts';

const root = new URL('../../', import.meta.url).pathname;

const Compose = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      ports: z.array(z.union([z.string(), z.looseObject({ host_ip: z.string().optional() })])).optional(),
      environment: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
    }),
  ),
});

const Filebeat = z.looseObject({
  'filebeat.inputs': z.array(
    z.looseObject({
      id: z.string(),
      fields: z.looseObject({ log_type: z.string() }),
      parsers: z
        .array(z.looseObject({ multiline: z.looseObject({ pattern: z.string() }).optional() }))
        .optional(),
    }),
  ),
  'output.kafka': z.looseObject({ topic: z.string(), max_message_bytes: z.number(), version: z.unknown() }),
});

/** Either command, whichever is installed. */
const commands = [['docker-compose'], ['docker', 'compose']].filter(
  ([command = '', ...words]) => spawnSync(command, [...words, 'version'], { stdio: 'ignore' }).status === 0,
);
if (commands.length === 0)
  console.warn('docker compose is not installed: docker-compose.yml is not checked by it.');

describe.skipIf(commands.length === 0)('docker compose', () => {
  it.each(commands.map((words) => [words.join(' '), words] as const))(
    '%s accepts the file',
    (_name, words) => {
      const [command = '', ...rest] = words;
      const { status, stdout, stderr } = spawnSync(
        command,
        [...rest, '-f', 'docker-compose.yml', '--env-file', '.env.example', 'config'],
        { cwd: root, encoding: 'utf8' },
      );
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      const { services } = Compose.parse(parse(stdout));
      for (const [name, service] of Object.entries(services)) {
        expect(service.image, name).toMatch(/:[\w.-]+$/);
        for (const port of service.ports ?? [])
          expect(typeof port === 'string' ? port : port.host_ip, name).toMatch(/^127\.0\.0\.1/);
        const own = Object.entries(service.environment ?? {}).filter(([key]) => key.startsWith('LOGPATROL_'));
        const env = Object.fromEntries(own.map(([key, value]) => [key, String(value ?? '')]));
        expect(readEnvironment(env).mistakes, name).toEqual([]);
      }
    },
  );
});

describe('docker-compose.yml', () => {
  const { environment } = z
    .object({ 'x-logpatrol': z.looseObject({ environment: z.record(z.string(), z.string()) }) })
    .parse(parse(readFileSync(`${root}docker-compose.yml`, 'utf8')))['x-logpatrol'];
  /** `${NAME-default}` and `${NAME:-default}`, as compose reads them. */
  const withSettings = (env: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [
        key,
        value.replaceAll(/\$\{(\w+)(:?)-([^}]*)\}/g, (_, name: string, colon: string, otherwise: string) => {
          const given = env[name];
          return given === undefined || (given === '' && colon !== '') ? otherwise : given;
        }),
      ]),
    );

  it('has Ollama by default, and an OpenAI-compatible server where Ollama is left empty', async () => {
    const byDefault = await loadConfig({ env: withSettings({}) });
    expect(byDefault).toMatchObject({ ollama: { url: 'http://ollama:11434', model: 'qwen3:8b' } });
    const env = withSettings({
      ...{ LOGPATROL_OLLAMA_URL: '', LOGPATROL_OLLAMA_MODEL: '' },
      ...{ LOGPATROL_OPENAI_URL: 'http://vllm:8000/v1', LOGPATROL_OPENAI_MODEL: 'qwen3-8b' },
    });
    const other = await loadConfig({ env });
    expect(other).toMatchObject({ openai: { url: 'http://vllm:8000/v1', model: 'qwen3-8b' } });
    expect(other).not.toHaveProperty('ollama');
  });
});

describe('filebeat.yml', () => {
  const filebeat = Filebeat.parse(parse(readFileSync(`${root}filebeat/filebeat.yml`, 'utf8')));
  const topics = new Map(topicSpecs(ConfigSchema.parse({})).map((spec) => [spec.name, spec]));
  const written = filebeat['filebeat.inputs'].map(({ fields }) => `logs.${fields.log_type}`);

  it('writes to topics that the default routes have', () => {
    expect(filebeat['output.kafka'].topic).toBe('logs.%{[fields.log_type]:app}');
    for (const name of [...written, 'logs.app']) expect([...topics.keys()]).toContain(name);
  });

  it('sends no event that its topic would refuse', () => {
    for (const name of written)
      expect(filebeat['output.kafka'].max_message_bytes).toBeLessThan(topics.get(name)?.maxRecordBytes ?? 0);
  });

  it('gives every input an id of its own', () => {
    const ids = filebeat['filebeat.inputs'].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  const patterns = filebeat['filebeat.inputs'].flatMap(({ id, parsers = [] }) =>
    parsers.flatMap(({ multiline }) => (multiline === undefined ? [] : [[id, multiline.pattern] as const])),
  );
  it.each(patterns)('joins a log line and the exception below it: %s', (_id, pattern) => {
    // Go's own syntax of regular expressions, as Filebeat has it.
    const joins = RE2JS.compile(pattern);
    const failure = [
      '2026-11-21T01:47:06.007Z ERROR [worker-1] OrderService - cannot save order 1',
      'java.lang.OutOfMemoryError: Java heap space',
      '\tat com.example.shop.Orders.save(Orders.java:41)',
      'Caused by: com.acme.Api$SlowException',
      '\t... 12 more',
    ];
    const springBoot = failure.toSpliced(1, 0, '');
    const dotnet = [
      'fail: cannot save',
      'System.InvalidOperationException: no',
      '   at A.B() in /a.cs:line 1',
    ];
    const others = [
      'Starting backup',
      '2026-11-21 INFO served',
      'TypeError: x',
      'com.acme.Errors: x',
      '  "a": 1',
    ];
    const events: string[][] = [];
    for (const line of [...failure, ...springBoot, ...dotnet, ...others])
      if (joins.matcher(line).find()) events.at(-1)?.push(line);
      else events.push([line]);
    expect(events).toEqual([failure, springBoot, dotnet, ...others.map((line) => [line])]);
  });
});
