import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '#shared/model/index.ts';
import { keep, type StoreSetting, storedLine } from '#test/samples/stored.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { first, forever, incident, iso, settings, sourcesWith } from './testing/sources-with.ts';

describe.each(Object.keys(settings))('the lines around an incident, from %s', (name) => {
  describe.skipIf(name === 'Elasticsearch' && elasticsearchAddress() === undefined)('', () => {
    let setting: StoreSetting;
    const other = { service: 'cron', host: 'web-1' };
    beforeAll(async () => {
      setting = (await settings[name]?.()) ?? expect.fail('no store');
      const lines = [
        storedLine('shown', first, 'ERROR cannot write order 17', { offset: 900 }),
        storedLine('lead', first - 1, 'writing order 17', { offset: 800 }),
        ...Array.from({ length: 30 }, (_, i) =>
          storedLine(`own-${i}`, first - 1000 - i * 1000, `own line ${i}`, { offset: 700 - i }),
        ),
        storedLine('tie-1', first - 500, 'tie one', { offset: 710 }),
        storedLine('tie-2', first - 500, 'tie two', { offset: 720 }),
        storedLine('after-1', first + 2000, 'after one', { offset: 1000 }),
        storedLine('after-2', first + 3000, 'after two', { offset: 1100 }),
        storedLine('long-after', first + 60_000, 'long after', { offset: 2000 }),
        storedLine('long-before', first - 6 * 60_000, 'long before'),
        storedLine('elsewhere', first - 10, 'own service, other host', { host: 'web-2' }),
        storedLine('cron-old', first - 120_000, 'cron, too old', other),
        ...Array.from({ length: 20 }, (_, i) =>
          storedLine(`cron-${i}`, first - 5000 - i, `cron ${i}`, other),
        ),
        storedLine('kernel', first - 20_000, 'EXT4-fs error (device sda1)', {
          ...{ service: 'kernel', host: 'web-1', type: 'syslog' },
        }),
        storedLine('bmc', first - 30_000, 'Drive Slot 3 | Drive Fault', {
          ...{ service: 'bmc', host: 'web-1', type: 'ipmi' },
        }),
      ];
      // A file that the shipper read ten minutes late: its lines state their own times and programs, as syslog has them.
      const read = first + 600_000;
      const inFile = { service: 'messages', host: 'web-9' };
      const late = ['late-1', 'late-2', 'late-3'].map((id, index) =>
        storedLine(id, read + index - 3, `${iso(first - 3 + index)} shopd: step ${index}`, {
          ...inFile,
          offset: index,
        }),
      );
      late.push(storedLine('late-own', read, `${iso(first)} shopd: ERROR`, { ...inFile, offset: 3 }));
      await keep(setting.store, [...lines, ...late]);
    }, 60_000);
    afterAll(() => setting.remove());

    const around = async (changes: Partial<Incident> = {}, reasoning: object = {}) => {
      const { sources } = sourcesWith({
        store: setting.store,
        reasoning: { contextSeconds: 20, ...reasoning },
      });
      return (await sources.gather(incident(changes), forever)).surroundings;
    };

    it('are those of its service before and after, of the machine, and of others on the host, oldest first', async () => {
      const lines = await around({}, { surroundingLines: 20 });
      expect(lines.map(({ id }) => id)).toEqual([
        ...['bmc', 'kernel'],
        ...['own-10', 'own-9', 'own-8', 'own-7', 'own-6', 'own-5'],
        ...['cron-2', 'cron-1', 'own-4', 'cron-0', 'own-3', 'own-2', 'own-1', 'own-0'],
        ...['tie-1', 'tie-2', 'after-1', 'after-2'],
      ]);
      expect(lines[0]).toEqual({
        ...{ id: 'bmc', timestamp: iso(first - 30_000), host: 'web-1', service: 'bmc' },
        text: 'Drive Slot 3 | Drive Fault',
      });
    });

    it('are as many as there are, where fewer are there than asked for', async () => {
      const lines = await around({}, { surroundingLines: 500, surroundingMinutes: 10 });
      const ids = lines.map(({ id }) => id);
      expect(ids).toHaveLength(30 + 2 + 2 + 1 + 20 + 2);
      expect(ids).toContain('long-before');
      expect(ids).not.toContain('shown');
      expect(ids).not.toContain('elsewhere');
    });

    it('are those of the newest reopening, and of the service wherever no host is known', async () => {
      const reopened = await around({ reopenedAt: [iso(first + 61_000)], openings: 2 });
      expect(reopened.map(({ id }) => id)).toContain('long-after');
      const hostless = await around({ hosts: [], exemplars: [] });
      expect(hostless.map(({ id }) => id)).toContain('elsewhere');
    });

    it('are those that the store has around the incident’s own line, whatever time and service it states', async () => {
      const exemplar = { id: 'late-own', timestamp: iso(first), host: 'web-9', text: 'ERROR', before: [] };
      const hosts = [{ name: 'web-9', count: 1 }];
      const lines = await around({ service: 'shopd', hosts, exemplars: [exemplar] });
      expect(lines.map(({ id }) => id)).toEqual(['late-1', 'late-2', 'late-3']);
    });

    it('are none where none are wanted, or nothing says where', async () => {
      expect(await around({}, { surroundingLines: 0 })).toEqual([]);
      expect(await around({ service: '', hosts: [], exemplars: [] })).toEqual([]);
      const hostile = `"}}],"x' OR 1=1 --`;
      expect(await around({ service: hostile, hosts: [], exemplars: [] })).toEqual([]);
    });
  });
});
