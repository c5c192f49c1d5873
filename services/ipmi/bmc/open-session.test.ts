import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  freeUdpPort,
  noBmc,
  noFreeipmi,
  type SimulatedBmc,
  startBmc,
  startSilentBmc,
} from '#test/stack/bmc.ts';
import { hardwareCommands } from '#test/stack/bmc-hardware.ts';
import { type Bmc, BmcTrouble } from '../inspection.ts';
import { openSession, type SessionOptions } from './index.ts';
import { askedBmc, sessionOptions } from './testing/asked-bmc.ts';
import { processesWith } from './testing/processes.ts';

const tools: readonly Bmc['tool'][] = noFreeipmi === undefined ? ['ipmitool', 'freeipmi'] : ['ipmitool'];

describe.skipIf(noBmc !== undefined)('openSession', { timeout: 30_000 }, () => {
  let sim: SimulatedBmc;
  let folder: string;

  beforeAll(async () => {
    sim = await startBmc();
    folder = await mkdtemp(join(tmpdir(), 'logpatrol-bmc-test-'));
  });
  afterAll(async () => {
    await sim?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const bmc = (changes: Partial<Bmc> = {}): Bmc => askedBmc(sim, changes);
  const options = (changes: Partial<SessionOptions> = {}): SessionOptions =>
    sessionOptions({ cacheDir: join(folder, 'cache of sensors'), ...changes });

  /** What opening a session rejects with. */
  async function troubleOf(changes: Partial<Bmc>, more: Partial<SessionOptions> = {}): Promise<unknown> {
    try {
      await (await openSession(bmc(changes), options(more))).close();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  const gone = (port = sim.port): void =>
    expect(processesWith(`${port}`).filter(({ command }) => !command.includes('ipmi_sim'))).toEqual([]);

  describe.each(tools)('%s', (tool) => {
    it('reads power, sensors with their thresholds, and states', async () => {
      const session = await openSession(bmc({ tool }), options());
      try {
        expect(await session.chassis()).toEqual({ power: 'on', faults: [] });
        const sensors = new Map((await session.sensors()).map((sensor) => [sensor.number, sensor]));
        expect(sensors.get(1)).toEqual({
          name: 'CPU Temp',
          number: 1,
          kind: 'temperature',
          entity: 'Processor 1',
          value: 46,
          unit: 'Cel',
          states: [],
          thresholds: {
            lowerNonRecoverable: 0,
            lowerCritical: 5,
            lowerWarning: 10,
            upperWarning: 95,
            upperCritical: 100,
            upperNonRecoverable: 105,
          },
          status: 'ok',
        });
        expect(sensors.get(13)).toMatchObject({
          value: 1.05,
          unit: 'V',
          thresholds: { lowerCritical: 0.945 },
        });
        expect(sensors.get(14)).toMatchObject({ kind: 'power', value: 248, unit: 'W' });
        expect(sensors.get(14)?.thresholds).toEqual({
          upperWarning: 920,
          upperCritical: 960,
          upperNonRecoverable: 1000,
        });
        expect([17, 18].map((number) => sensors.get(number))).toEqual([
          expect.objectContaining({ name: 'Temp', value: 51, entity: 'Processor 1' }),
          expect.objectContaining({ name: 'Temp', value: 57, entity: 'Processor 2' }),
        ]);
        expect(sensors.get(17)?.thresholds.upperCritical).toBe(100);
        expect(sensors.get(18)?.thresholds.upperCritical).toBe(98);
        expect(sensors.get(19)).toMatchObject({ name: 'GPU1 Temp', value: undefined, status: 'ns' });
        expect(sensors.get(10)).toMatchObject({ kind: 'state', states: ['Fully Redundant'], status: 'ok' });
        expect(sensors.get(12)).toMatchObject({ states: [] });
        expect(sensors.size).toBe(19);
      } finally {
        await session.close();
      }
      gone();
    });

    it('sees a threshold crossed and a drive that fails, and what a threshold event was about', async () => {
      const before = await sim.ipmitool('sel', 'list');
      const lastId = before.trim() === '' ? 0 : Number.parseInt(before.trim().split('\n').at(-1) ?? '', 16);
      await sim.console('sensor_set_value 0x20 0 3 0x06 1');
      await sim.console('sensor_set_bit 0x20 0 11 1 1 0');
      const session = await openSession(bmc({ tool }), options());
      try {
        const sensors = await session.sensors();
        expect(sensors.find(({ name }) => name === 'FAN1')).toMatchObject({
          value: 420,
          unit: 'RPM',
          status: 'cr',
        });
        expect(sensors.find(({ name }) => name === 'Drive 0')?.states).toContain('Drive Fault');
        expect(await session.trigger(lastId + 1)).toEqual({ reading: 420, threshold: 700, unit: 'RPM' });
        expect(await session.trigger(0xeee)).toEqual({});
      } finally {
        await session.close();
        await sim.console('sensor_set_value 0x20 0 3 0x50 0');
        await sim.console('sensor_set_bit 0x20 0 11 1 0 0');
      }
    });

    it('sends raw commands and answers their completion codes', async () => {
      const session = await openSession(bmc({ tool }), options());
      try {
        const device = await session.raw([0x06, 0x01]);
        expect(device.completion).toBe(0);
        expect(device.data.subarray(6, 9).toString('hex')).toBe('911200');
        expect(await session.raw([0x0a, 0x43, 0, 0, 0xee, 0x0e, 0, 0xff])).toEqual({
          completion: 0xcb,
          data: Buffer.alloc(0),
        });
        // Get SEL Time: what came before has not mixed up the answers.
        const time = await session.raw([0x0a, 0x48]);
        expect(Math.abs(time.data.readUInt32LE() - Date.now() / 1000)).toBeLessThan(5);
      } finally {
        await session.close();
      }
    });

    it('tells who is refused', async () => {
      expect(await troubleOf({ tool, password: async () => 'wrong' })).toMatchObject({
        outcome: 'refused',
        message: expect.stringContaining('password'),
      });
      expect(await troubleOf({ tool, user: 'nobody' })).toMatchObject({
        outcome: 'refused',
        message: expect.stringContaining('user'),
      });
      gone();
    });

    it('tells a dead host, one that never answers, and a name that is none', async () => {
      const silent = await startSilentBmc();
      const timeoutMs = 3000;
      const start = performance.now();
      const troubles = await Promise.all([
        troubleOf({ tool, port: await freeUdpPort() }, { timeoutMs }),
        troubleOf({ tool, port: silent.port }, { timeoutMs }),
        troubleOf({ tool, host: 'nosuch.invalid' }, { timeoutMs }),
      ]);
      expect(troubles.map((trouble) => trouble instanceof BmcTrouble && trouble.outcome)).toEqual([
        'unreachable',
        'unreachable',
        'unreachable',
      ]);
      expect(performance.now() - start).toBeLessThan(timeoutMs + 1000);
      expect(silent.packets()).toBeGreaterThan(0);
      gone(silent.port);
      await silent.stop();
    });

    it('gives up a BMC that hangs in the middle of a session, when its time is over', async () => {
      const session = await openSession(bmc({ tool }), options({ timeoutMs: 1500 }));
      sim.freeze();
      try {
        const start = performance.now();
        await expect(session.sensors()).rejects.toMatchObject({ outcome: 'unreachable' });
        expect(performance.now() - start).toBeLessThan(5000);
        await expect(session.chassis()).rejects.toMatchObject({ outcome: 'unreachable' });
      } finally {
        sim.unfreeze();
        await session.close();
      }
      gone();
    });

    it('ends at once when it is aborted', async () => {
      const abort = new AbortController();
      const session = await openSession(bmc({ tool }), options({ signal: abort.signal }));
      sim.freeze();
      try {
        const answer = session.chassis();
        const reason = new Error('logpatrol stops');
        abort.abort(reason);
        await expect(answer).rejects.toBe(reason);
        await session.close();
        gone();
        await expect(openSession(bmc({ tool }), options({ signal: abort.signal }))).rejects.toBe(reason);
      } finally {
        sim.unfreeze();
      }
    });

    it('is one process, whose arguments and files say no password, and which is gone after closing', async () => {
      const session = await openSession(bmc({ tool }), options());
      await session.chassis();
      const [one, ...others] = processesWith(`${sim.port}`).filter(({ command }) =>
        /^\S*ipmi(?:tool|-raw)/.test(command),
      );
      expect(others).toEqual([]);
      expect(one?.command).not.toContain(sim.password);
      const names = one?.environment.map((entry) => entry.split('=')[0]);
      expect(new Set(names)).toEqual(
        new Set([
          'PATH',
          'HOME',
          'TZ',
          'LC_ALL',
          'PWD',
          ...(tool === 'ipmitool' ? ['IPMI_PASSWORD', 'INPUTRC'] : []),
        ]),
      );
      const conf = /--config-file=(\S+)/.exec(one?.command ?? '')?.[1];
      if (conf !== undefined) await expect(readFile(conf)).rejects.toMatchObject({ code: 'ENOENT' });
      await Promise.all([session.close(), session.close()]);
      gone();
      if (conf !== undefined)
        await expect(readdir(join(conf, '..'))).rejects.toMatchObject({ code: 'ENOENT' });
    });
  });

  it('is not led astray by names of sensors', async () => {
    const names = new Map([
      ['CPU Temp', 'a,b|\u001b[1m'],
      ['Inlet Temp', 'ipmitool> '],
      ['FAN1', 'F\nN1'],
      ['FAN2', '\u0000\u00ff%s'],
    ]);
    let commands = hardwareCommands(500);
    const hex = (name: string): string =>
      [...Buffer.from(name, 'latin1')].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(' ');
    for (const [from, to] of names) commands = commands.replace(hex(from), hex(to));
    const hostile = await startBmc({ commands });
    try {
      for (const tool of tools) {
        const session = await openSession(bmc({ tool, port: hostile.port }), options());
        for (let round = 0; round < 2; round++) {
          const sensors = new Map((await session.sensors()).map((sensor) => [sensor.number, sensor]));
          expect(sensors.get(1)).toMatchObject({ name: 'a,b|\u001b[1m', value: 46 });
          expect(sensors.get(2)).toMatchObject({ name: 'ipmitool>', value: 24 });
          expect(sensors.get(4)).toMatchObject({ name: '12V', value: 12.06 });
          expect(sensors.get(17)).toMatchObject({ name: 'Temp', value: 51 });
          expect(sensors.get(10)?.states).toEqual(['Fully Redundant']);
        }
        expect((await session.raw([0x06, 0x01])).completion).toBe(0);
        await session.close();
      }
    } finally {
      await hostile.stop();
    }
  });

  it('says what to install where a program is missing', async () => {
    expect(await troubleOf({}, { ipmitool: 'no-such-ipmitool' })).toMatchObject({
      kind: 'unusable-environment',
      message: expect.stringContaining('install the package ipmitool'),
    });
    expect(await troubleOf({ tool: 'freeipmi' }, { freeipmi: '/nowhere' })).toMatchObject({
      kind: 'unusable-environment',
      message: expect.stringContaining('freeipmi-tools'),
    });
  });

  it('leaves no process behind when we are killed', async () => {
    const script = fileURLToPath(new URL('testing/hold-session.ts', import.meta.url));
    const holder = spawn(process.execPath, [script, `${sim.port}`, sim.user, sim.password], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    const held = processesWith(`${sim.port}`).filter(({ command }) => command.startsWith('ipmitool'));
    expect(held).toHaveLength(1);
    holder.kill('SIGKILL');
    await vi.waitFor(
      () =>
        expect(processesWith(`${sim.port}`).filter(({ command }) => command.startsWith('ipmitool'))).toEqual(
          [],
        ),
      5000,
    );
  });
});
