import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { topic } from '#shared/bus/topics.ts';
import { SelPosition, type ServerStatus } from '#shared/model/index.ts';
import { freeUdpPort, noBmc, type SimulatedBmc, startBmc, startSilentBmc } from '#test/stack/bmc.ts';
import { canRun, type Installation, sizes, startInstallation } from './installation.ts';

const patience = { timeout: 60_000, interval: 250 };
const overheated = 'sensor_set_value 0x20 0 1 0x61 1';

/** What is to be stopped at the end of a test, the latest first. */
const running: { stop(): Promise<unknown> }[] = [];

function kept<Part extends { stop(): Promise<unknown> }>(part: Part): Part {
  running.push(part);
  return part;
}

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const part of running.splice(0).reverse()) await part.stop();
});

function entryOf(name: string, { host, port, user }: Pick<SimulatedBmc, 'host' | 'port' | 'user'>) {
  return { name, host, port, user, hostName: `${name}.example`, intervalSeconds: 5, timeoutSeconds: 12 };
}

/** The newest status of each server. */
async function statuses({ runtime }: Installation): Promise<Map<string, ServerStatus>> {
  const all = await runtime.store.serverStatuses({ source: 'ipmi', limit: 100 });
  return new Map(all.map((status) => [status.server, status]));
}

/** Waits for a value. A search may fail while Elasticsearch makes the index. */
async function untilTrue<T>(look: () => Promise<T>): Promise<NonNullable<T>> {
  return vi.waitFor(async () => {
    const found = await look();
    if (!found) throw new Error('not yet');
    return found;
  }, patience);
}

async function positionOf({ runtime }: Installation, server: string): Promise<SelPosition | undefined> {
  let position: SelPosition | undefined;
  for await (const { key, value } of runtime.bus.read(topic.positions))
    if (String(key) === `ipmi:${server}` && value !== null)
      position = SelPosition.parse(JSON.parse(String(value)));
  return position;
}

describe.skipIf(noBmc !== undefined).each(sizes)('BMCs with %s', (size) => {
  it.skipIf(!canRun(size))(
    'an event and the readings of a machine come to the store, a wrong password and a dead host are told apart',
    async () => {
      const bmc = kept(await startBmc());
      vi.stubEnv('IPMI_PASSWORD', bmc.password);
      vi.stubEnv('WRONG_PASSWORD', 'wrong');
      const installation = kept(
        await startInstallation(size, {
          config: {
            ipmi: {
              servers: [
                entryOf('db1-bmc', bmc),
                { ...entryOf('refusing', bmc), passwordEnv: 'WRONG_PASSWORD' },
                { ...entryOf('dead', bmc), port: await freeUdpPort() },
              ],
            },
          },
        }),
      );
      const { store } = installation.runtime;
      await untilTrue(async () => (await statuses(installation)).get('db1-bmc')?.outcome === 'ok');
      await bmc.console(overheated);
      const event = await untilTrue(async () => {
        const lines = await store.searchLogs({ host: 'db1-bmc.example', limit: 10 });
        return lines.find(({ message }) => message.includes('Upper Non-critical going high'));
      });
      expect(event.message).toContain('Temperature CPU Temp | Upper Non-critical going high | Asserted');

      const hot = await untilTrue(async () => {
        const readings = await store.latestReadings({ server: 'db1-bmc', limit: 100 });
        return readings.find(({ sensor, value }) => sensor === 'CPU Temp' && value === 97);
      });
      expect(hot).toMatchObject({ host: 'db1-bmc.example', status: 'critical', unit: 'Cel' });
      await untilTrue(async () => {
        const found = await statuses(installation);
        return found.get('refusing') !== undefined && found.get('dead') !== undefined;
      });
      const found = await statuses(installation);
      expect(found.get('refusing')).toMatchObject({ outcome: 'refused', power: 'unknown' });
      expect(found.get('dead')).toMatchObject({ outcome: 'unreachable', power: 'unknown' });
      const newest = await positionOf(installation, 'db1-bmc');
      expect(newest).toMatchObject({ recordId: 1, entries: 1, walk: 'complete' });
    },
    120_000,
  );

  it.skipIf(!canRun(size))(
    'ten at once, three of which hang: the others keep their beat; the list is heeded while it runs',
    async () => {
      const bmcs = await Promise.all(Array.from({ length: 7 }, async () => kept(await startBmc())));
      const silent = await Promise.all(Array.from({ length: 2 }, async () => kept(await startSilentBmc())));
      const frozen = kept(await startBmc());
      frozen.freeze();
      vi.stubEnv('IPMI_PASSWORD', frozen.password);
      const live = bmcs.map((bmc, index) => entryOf(`live-${index}`, bmc));
      const hanging = [
        ...silent.map(({ host, port }, index) => entryOf(`hanging-${index}`, { host, port, user: 'nobody' })),
        entryOf('hanging-2', frozen),
      ];
      const folder = await mkdtemp(join(tmpdir(), 'logpatrol-list-'));
      kept({ stop: () => rm(folder, { recursive: true, force: true }) });
      const file = join(folder, 'servers.json');
      await writeFile(file, JSON.stringify([...live.slice(0, 6), ...hanging]));
      // As many at once as hang: without slots of their own the live ones would wait for them.
      const installation = kept(
        await startInstallation(size, { config: { ipmi: { concurrency: 3, inventory: { file } } } }),
      );
      await untilTrue(async () => {
        const found = [...(await statuses(installation)).values()];
        const unreachable = found.filter(({ outcome }) => outcome === 'unreachable');
        return unreachable.length === 3 && found.filter(({ outcome }) => outcome === 'ok').length === 6;
      });

      await writeFile(file, JSON.stringify([...live.slice(1), ...hanging]));
      const changedAt = Date.now();
      await untilTrue(async () => (await statuses(installation)).get('live-6')?.outcome === 'ok');
      const polls = async (server: string): Promise<number[]> => {
        const history = await installation.runtime.store.statusHistory({ server, limit: 100 });
        return history.map(({ timestamp }) => Date.parse(timestamp)).sort((one, other) => one - other);
      };
      const newOnes = (await polls('live-6')).length;
      await untilTrue(async () => (await polls('live-6')).length >= newOnes + 4);
      // A poll that was under way when the list changed may still be told.
      expect((await polls('live-0')).filter((at) => at > changedAt + 5000)).toEqual([]);
      for (const { name } of live.slice(1, 6)) {
        const times = (await polls(name)).filter((at) => at > changedAt);
        expect(times.length, name).toBeGreaterThanOrEqual(3);
        const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
        // Behind one that hangs it would wait for that one's time-out besides its own interval.
        expect(Math.max(...gaps), name).toBeLessThan(17_000);
      }
    },
    150_000,
  );
});
