import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { topicsOf } from '#shared/access/bus-needs.ts';
import { principals } from '#shared/access/index.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { listenersOf } from './broker-settings.ts';
import { kafkaRules } from './index.ts';
import { rightsTable } from './testing/rights-table.ts';

const config = ConfigSchema.parse({ kafka: { brokers: ['a:9092'], prefix: 'shop.' } });

describe('kafkaRules', () => {
  it('is what docs/kafka-access.md shows', () => {
    const page = readFileSync(new URL('../../../../docs/kafka-access.md', import.meta.url), 'utf8');
    expect(page).toContain(rightsTable());
  });

  it('names nothing outside the installation, no topic by its beginning, and nothing twice', () => {
    const rules = kafkaRules(config);
    expect(rules.filter(({ name }) => !name.startsWith('shop.') || name === 'shop.')).toEqual([]);
    expect(
      rules.filter(({ resource, pattern }) => resource !== 'transactional-id' && pattern !== 'literal'),
    ).toEqual([]);
    expect(new Set(rules.map((rule) => JSON.stringify(rule))).size).toBe(rules.length);
  });

  it('lets Filebeat write lines, and nothing else', () => {
    const own = kafkaRules(config).filter(({ principal }) => principal === 'filebeat');
    expect(own.map(({ resource, operation, name }) => [resource, operation, name])).toEqual(
      Object.keys(config.routes).map((type) => ['topic', 'write', `shop.logs.${type}`]),
    );
  });

  it('lets nobody but the indexer, the analyzer and the operator read lines', () => {
    const without = ConfigSchema.parse({ routes: { app: {}, nginx: {} }, drill: { type: 'app' } });
    const readers = kafkaRules(without).filter(
      ({ name, operation }) => name.startsWith('logs.') && operation === 'read',
    );
    expect([...new Set(readers.map(({ principal, name }) => `${principal} ${name}`))].sort()).toEqual([
      'analyzer logs.app',
      'analyzer logs.nginx',
      'indexer logs.app',
      'indexer logs.nginx',
      'operator logs.app',
      'operator logs.nginx',
    ]);
  });

  it('has the ids of all writers that the services open', () => {
    const rules = kafkaRules(config).filter(({ resource }) => resource === 'transactional-id');
    const services = new URL('../../../../services/', import.meta.url).pathname;
    const opened = globSync('*/**/*.ts', { cwd: services })
      .filter((file) => !/\.test\.ts$|\/testing\//.test(file))
      .flatMap((file) => {
        const source = readFileSync(services + file, 'utf8');
        return Array.from(source.matchAll(/\.writer\(\s*['`]([^'`$]+)/g), ([, id = '']) => ({ file, id }));
      })
      // Of drills by HTTP, which are the embedded bus's alone.
      .filter(({ id }) => id !== 'drill-audit-');
    expect(opened.length).toBeGreaterThan(2);
    const may = (principal: string | undefined, id: string) =>
      rules.some((rule) => rule.principal === principal && `shop.writer-${id}`.startsWith(rule.name));
    expect(opened.filter(({ file, id }) => !may(file.split('/')[0], id))).toEqual([]);
  });

  it('gives every topic somebody who writes it and somebody who reads it', () => {
    const rules = kafkaRules(config);
    for (const { name } of topicSpecs(config))
      for (const operation of ['read', 'write'])
        expect(
          rules.filter((rule) => rule.name === `shop.${name}` && rule.operation === operation),
          `${operation} ${name}`,
        ).not.toEqual([]);
  });
});

describe('topicsOf', () => {
  it('is all of them for the operator, and fewer for everybody else', () => {
    const all = topicSpecs(config).map(({ name }) => name);
    for (const principal of principals) {
      const own = topicsOf(principal, config);
      expect(all, principal).toEqual(expect.arrayContaining(own));
      if (principal === 'operator') expect(own).toEqual(all);
      else expect(own.length, principal).toBeLessThan(all.length);
    }
  });
});

describe('listenersOf', () => {
  it('says how each listener is protected, by its name where nothing maps it', () => {
    expect([
      ...listenersOf('CLIENTS://:9092, PLAINTEXT://127.0.0.1:9093', 'CLIENTS:SASL_SSL,BROKER:SSL'),
    ]).toEqual([
      ['CLIENTS', 'SASL_SSL'],
      ['PLAINTEXT', 'PLAINTEXT'],
    ]);
  });
});
