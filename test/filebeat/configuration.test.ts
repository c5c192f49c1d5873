import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RE2JS } from 're2js';
import { afterAll, describe, expect, it } from 'vitest';
import { topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { filebeat, folder, inputNamed, inputs } from './configuration.ts';
import { inputOptions, parserOptions, processorOptions, topOptions } from './reference.ts';

/** Names with dots: `fields.log_type`. Lists and nothing end a name. */
function optionsIn(value: object, below = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = below + key;
    const isLeaf = typeof inner !== 'object' || inner === null || Array.isArray(inner);
    return isLeaf ? [name] : optionsIn(inner, `${name}.`);
  });
}

const processors = [...filebeat.processors, ...inputs.flatMap((input) => input.processors ?? [])];

describe('the options', () => {
  it.each(inputs.map((input) => [input.id ?? input.type, input] as const))(
    'of the input %s are known to Filebeat',
    (_name, { parsers = [], processors: _own, ...input }) => {
      expect(inputOptions[input.type]).toEqual(expect.arrayContaining(optionsIn(input)));
      for (const [name, options] of parsers.flatMap((parser) => Object.entries(parser)))
        expect(parserOptions[name], name).toEqual(expect.arrayContaining(optionsIn(options)));
    },
  );

  it('of the processors are known to Filebeat', () => {
    for (const [name, options] of processors.flatMap((processor) => Object.entries(processor)))
      expect(processorOptions[name], name).toEqual(expect.arrayContaining(optionsIn(options)));
  });

  it('of everything else are known to Filebeat', () => {
    const { 'x-files': _shared, 'filebeat.inputs': _inputs, processors: _processors, ...rest } = filebeat;
    expect(topOptions).toEqual(expect.arrayContaining(optionsIn(rest)));
  });

  it('of the inputs that follow files are the same in each', () => {
    for (const input of inputs.filter(({ type }) => type === 'filestream'))
      expect(input).toMatchObject(filebeat['x-files']);
  });
});

describe('the topics', () => {
  const topics = new Map(topicSpecs(ConfigSchema.parse({})).map((spec) => [spec.name, spec]));
  const written = [...new Set(inputs.map(({ fields }) => `logs.${fields.log_type}`))];

  it('are those that the default routes have', () => {
    expect(filebeat['output.kafka'].topic).toMatch(
      /^\$\{KAFKA_TOPIC_PREFIX:\}logs\.%\{\[fields\.log_type\]:app\}$/,
    );
    for (const name of [...written, 'logs.app']) expect([...topics.keys()]).toContain(name);
  });

  it('take the largest event that is sent, and what an input reads fits into one', () => {
    const { max_message_bytes: most } = filebeat['output.kafka'];
    for (const name of written) expect(most).toBeLessThan(topics.get(name)?.maxRecordBytes ?? 0);
    const cut = filebeat.processors.find((processor) => 'truncate_fields' in processor)?.truncate_fields;
    expect(cut).toMatchObject({ fields: ['message'], max_bytes: expect.any(Number) });
    // A byte that is no UTF-8 is written as \ufffd; the other fields of an event are far below the rest.
    expect(Number(cut?.max_bytes) * 6 + 50_000).toBeLessThan(most);
  });
});

describe('the inputs', () => {
  it('have ids of their own', () => {
    const ids = inputs.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are on only where lines come once, and nobody from outside can write', () => {
    const on = inputs.filter(({ enabled }) => enabled.endsWith(':true}')).map(({ id, type }) => id ?? type);
    expect(on.sort()).toEqual(['applications', 'containers', 'json', 'nginx', 'syslog']);
    for (const { enabled } of inputs) expect(enabled).toMatch(/^\$\{FILEBEAT_[A-Z_]+:(true|false)\}$/);
  });

  it('read no file twice', () => {
    const paths = inputs
      .filter(({ enabled }) => enabled.endsWith(':true}'))
      .flatMap(({ paths = [] }) => paths);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

it('can be written by its owner alone, as Filebeat demands', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  for (const file of files) expect(statSync(file).mode & 0o022, file).toBe(0);
  expect(statSync(join(folder, 'filebeat.yml')).mode & 0o777).toBe(0o644);
  expect(statSync(join(folder, 'start.sh')).mode & 0o777).toBe(0o755);
});

describe('start.sh', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'logpatrol-filebeat-start-'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  it.each(['1234', 'a,b', "it's", 'say "x"', 'back\\', '\\"', '$HOME $(id) `id`', '[a]{b}'])(
    'hands on the password %s as a text in quotes, with none inside',
    (password) => {
      const [file, program] = [join(scratch, 'password'), join(scratch, 'filebeat')];
      writeFileSync(file, password);
      writeFileSync(program, '#!/bin/sh\nprintf %s "$KAFKA_PASSWORD"\n', { mode: 0o755 });
      const env = {
        PATH: process.env.PATH,
        FILEBEAT: program,
        KAFKA_USERNAME: 'u',
        KAFKA_PASSWORD_FILE: file,
      };
      const given = execFileSync('sh', [join(folder, 'start.sh')], { env, encoding: 'utf8' });
      // Filebeat takes what stands between the first and the next quote that has no backslash before it, as Go does.
      expect(given).toMatch(/^"[^"]*[^"\\]"$/);
      const meant = given
        .slice(1, -1)
        .replaceAll(/\\x(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
      expect(meant).toBe(password);
    },
  );
});

describe.each(['containers', 'kubernetes', 'applications'])('traces of the input %s', (name) => {
  const pattern = inputNamed(name).parsers?.flatMap((parser) =>
    'multiline' in parser ? [parser.multiline.pattern] : [],
  )[0];
  // Go's own syntax of regular expressions, as Filebeat has it.
  const joins = RE2JS.compile(pattern ?? '');
  const failure = [
    '2026-11-21T01:47:06.007Z ERROR [worker-1] OrderService - cannot save order 1',
    'java.lang.OutOfMemoryError: Java heap space',
    '\tat com.example.shop.Orders.save(Orders.java:41)',
    'Caused by: com.acme.Api$SlowException',
    '\t... 12 more',
  ];
  const springBoot = failure.toSpliced(1, 0, '');
  const dotnet = ['fail: cannot save', 'System.InvalidOperationException: no', '   at A.B() in /a.cs:line 1'];
  const others = [
    'Starting backup',
    '2026-11-21 INFO served',
    'TypeError: x',
    'com.acme.Errors: x',
    '  "a": 1',
  ];

  it.each(['', '\n'])('are joined with the line above them, where lines end in %j', (end) => {
    const lines = (texts: readonly string[]) => texts.map((text) => text + end);
    const events: string[][] = [];
    for (const line of lines([...failure, ...springBoot, ...dotnet, ...others]))
      if (joins.matcher(line).find()) events.at(-1)?.push(line);
      else events.push([line]);
    expect(events).toEqual([failure, springBoot, dotnet, ...others.map((line) => [line])].map(lines));
  });
});
