import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hostileText, randomFrom } from '../testing/hostile.ts';
import { discoverUrl } from './kibana.ts';
import { plain } from './plain.ts';
import { type Rison, rison } from './rison.ts';

/** The reference decoder, which is what Kibana's own came from. */
const decoder = z
  .object({ decode: z.function({ input: [z.string()], output: z.unknown() }) })
  .parse(createRequire(import.meta.url)('rison'));
const kibana = { url: 'https://kibana.example.com/base/', space: 'ops', dataView: 'logpatrol-logs' };
const times = { from: Date.parse('2026-11-21T00:55:00.000Z'), to: Date.parse('2026-11-21T01:07:03.000Z') };

const State = z.object({ query: z.object({ query: z.string() }) });

/** What Kibana reads out of the address. */
function stateOf(url: string) {
  const query = new URLSearchParams(url.slice(url.indexOf('#/?') + 3));
  return { global: decoder.decode(query.get('_g') ?? ''), own: decoder.decode(query.get('_a') ?? '') };
}

describe('discoverUrl', () => {
  it('opens Discover on the service, its hosts and that time', () => {
    const url = discoverUrl(kibana, { service: 'order-api', hosts: ['web-1', 'web-2'], ...times });
    expect(url).toMatch(
      /^https:\/\/kibana\.example\.com\/base\/s\/ops\/app\/discover#\/\?_g=[\w%.-]+&_a=[\w%.-]+$/,
    );
    expect(stateOf(url)).toEqual({
      global: { time: { from: '2026-11-21T00:55:00.000Z', to: '2026-11-21T01:07:03.000Z' } },
      own: {
        columns: ['host.name', 'message'],
        dataSource: { dataViewId: 'logpatrol-logs', type: 'dataView' },
        query: {
          language: 'kuery',
          query: 'service.name: "order-api" and (host.name: "web-1" or host.name: "web-2")',
        },
        sort: [['@timestamp', 'desc']],
      },
    });
    const mappings = readFileSync(
      new URL('../../../elasticsearch/component-templates/logs-mappings.json', import.meta.url),
      'utf8',
    );
    for (const field of ['service.name', 'host.name', 'message', '@timestamp'])
      expect(mappings).toContain(`"${field}"`);
  });

  it('has no space where there is none, and quotes what a service is called', () => {
    const url = discoverUrl(
      { url: 'https://k.example.com', dataView: 'a b' },
      { service: 'a"b\\c\' or *:* or !(x)', hosts: [], ...times },
    );
    expect(url).toMatch(/^https:\/\/k\.example\.com\/app\/discover#/);
    expect(State.parse(stateOf(url).own).query.query).toBe('service.name: "a\\"b\\\\c\' or *:* or !(x)"');
  });

  it('is an address of nothing but harmless characters, whatever the service is called', () => {
    const random = randomFrom(20261121);
    for (let round = 0; round < 500; round++) {
      const service = plain(hostileText(random)).slice(0, 200).toWellFormed();
      const url = discoverUrl(kibana, { service, hosts: [service], ...times });
      expect(url).toMatch(/^https:\/\/[\w./]+#\/\?_g=[\w%.-]+&_a=[\w%.-]+$/);
      const { query } = State.parse(stateOf(url).own).query;
      expect(JSON.parse(/^service\.name: ("(?:[^"\\]|\\.)*") and/s.exec(query)?.[1] ?? '')).toBe(service);
    }
  });
});

describe('rison', () => {
  it.each<Rison>([
    '',
    "it's !",
    '-1',
    '007',
    '1e3',
    'a b',
    '@timestamp',
    'null',
    0,
    -1.5,
    1e21,
    true,
    false,
    null,
    [],
    {},
    { 'a b': [{ c: ["'", '!'] }], d: '路径' },
  ])('is read as it was written: %j', (value) => {
    expect(decoder.decode(rison(value))).toEqual(value);
  });
});
