import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { messageOf } from '#shared/errors/index.ts';
import { readTopology } from './read-topology.ts';
import { openTopology, type Topology } from './topology.ts';

const folder = mkdtempSync(join(tmpdir(), 'logpatrol-topology-'));
const file = join(folder, 'topology.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const write = (text: string): void => {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
};

function mistakesOf(text: string): string[] {
  write(text);
  try {
    readTopology(file);
  } catch (thrown) {
    expect(thrown).toMatchObject({ kind: 'invalid-config' });
    const text = thrown instanceof Error ? thrown.message : messageOf(thrown);
    return text
      .replaceAll(file, 'FILE')
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

describe('mistakes of a topology', () => {
  it.each<[string, string, string[]]>([
    [
      'another field',
      'service: {}\n',
      [
        expect.stringMatching(/^FILE:1:\d+: services: /),
        'FILE:1:1: service: there is no such field; did you mean services?',
      ],
    ],
    [
      'fields of services, all of them',
      'services:\n  a: { depend-on: [b] }\n  b: { depends-on: [c, 7], tier: 1 }\n  c:\n',
      [
        'FILE:2:8: services.a.depend-on: there is no such field; did you mean depends-on?',
        expect.stringMatching(/^FILE:3:\d+: services\.b\.depends-on\[1\]: expected string/),
        'FILE:3:28: services.b.tier: there is no such field; known here: depends-on',
      ],
    ],
    [
      'cycles, each with its path',
      'services:\n  a: { depends-on: [b] }\n  b: { depends-on: [c, b] }\n  c: { depends-on: [a] }\n',
      [
        'FILE:2:8: services.a.depends-on: depends on itself: a → b → c → a',
        'FILE:3:8: services.b.depends-on: depends on itself: b → b',
      ],
    ],
    ['no YAML', 'services: [', [expect.stringMatching(/^FILE:1:\d+: /)]],
    [
      'none',
      'services:\n  a: { depends-on: [b, c] }\n  b: { depends-on: [d] }\n  c: { depends-on: [d] }\n  d: {}\n',
      [],
    ],
  ])('%s', (_name, text, expected) => {
    expect(mistakesOf(text)).toEqual(expected);
  });

  it('are none for a long chain', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => `  s${i}: { depends-on: [s${i + 1}] }`);
    expect(mistakesOf(`services:\n${chain.join('\n')}\n  s20000:\n`)).toEqual([]);
  });

  it('are not names that stand nowhere else: they are warned of', () => {
    write('services:\n  shop: { depends-on: [mysq, kafka] }\n  mysql:\n');
    expect(readTopology(file).warnings.map((line) => line.replaceAll(file, 'FILE'))).toEqual([
      'FILE:2:24: services.shop.depends-on[0]: there is no service "mysq" in this file; did you mean mysql?',
      'FILE:2:30: services.shop.depends-on[1]: there is no service "kafka" in this file; write `kafka: {}` if it is right',
    ]);
  });
});

describe('a topology', () => {
  let topology: Topology | undefined;
  afterEach(() => topology?.close());
  const of = (service: string): string[] => [...(topology?.dependenciesOf(service) ?? [])].sort();

  it('knows what is needed through others, follows the file, and outlives a mistake in it', async () => {
    write('services:\n  web: { depends-on: [shop] }\n  shop: { depends-on: [mysql] }\n  mysql:\n');
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    topology = openTopology({ file, logger });
    expect([of('web'), of('shop'), of('mysql'), of('unheard-of')]).toEqual([
      ['mysql', 'shop'],
      ['mysql'],
      [],
      [],
    ]);
    const soon = { timeout: 5000, interval: 20 };
    write('services:\n  web: { depends-on: [shop] }\n  shop: { depends-on: [redis] }\n  redis:\n');
    await vi.waitFor(() => expect(of('web')).toEqual(['redis', 'shop']), soon);
    write('services:\n  web: { depends-on: [web] }\n');
    await vi.waitFor(() => expect(lines.join('')).toContain('depends on itself: web → web'), soon);
    expect(of('web')).toEqual(['redis', 'shop']);
    rmSync(file);
    await vi.waitFor(() => expect(lines.join('')).toContain('cannot read'), soon);
    expect(of('web')).toEqual(['redis', 'shop']);
    write('services:\n  web: { depends-on: [cache] }\n  cache:\n');
    await vi.waitFor(() => expect(of('web')).toEqual(['cache']), soon);
  });

  it('follows a ConfigMap, whose links are exchanged around the file', async () => {
    const mounted = join(folder, 'mounted');
    const version = (name: string, text: string): void => {
      mkdirSync(join(mounted, name), { recursive: true });
      writeFileSync(join(mounted, name, 'topology.yaml'), text);
      symlinkSync(name, join(mounted, 'new'));
      renameSync(join(mounted, 'new'), join(mounted, '..data'));
    };
    version('..1', 'services:\n  web: { depends-on: [shop] }\n  shop:\n');
    symlinkSync('..data/topology.yaml', join(mounted, 'topology.yaml'));
    const logger = pino({ level: 'silent' });
    topology = openTopology({ file: join(mounted, 'topology.yaml'), logger, pollMs: 100 });
    expect(of('web')).toEqual(['shop']);
    version('..2', 'services:\n  web: { depends-on: [cache] }\n  cache:\n');
    await vi.waitFor(() => expect(of('web')).toEqual(['cache']), { timeout: 5000, interval: 20 });
  });
});
