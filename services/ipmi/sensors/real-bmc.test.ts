import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { Metric, type Reading, type ServerStatus } from '#shared/model/index.ts';
import { noBmc, noFreeipmi, type SimulatedBmc, startBmc } from '#test/stack/bmc.ts';
import { openSession } from '../bmc/index.ts';
import { openServers } from '../servers/index.ts';
import { toMetrics } from './index.ts';

const logger = pino({ level: 'silent' });

describe.skipIf(noBmc !== undefined || noFreeipmi !== undefined)('a real BMC', () => {
  let bmc: SimulatedBmc;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'logpatrol-real-bmc-'));
    bmc = await startBmc();
  });
  afterAll(async () => {
    await bmc.stop();
    rmSync(folder, { recursive: true });
  });

  /** From a list of servers to metrics, by the one program or the other. */
  async function read(tool: 'ipmitool' | 'freeipmi'): Promise<Map<string, Metric>> {
    writeFileSync(join(folder, 'password'), `${bmc.password}\n`);
    chmodSync(join(folder, 'password'), 0o600);
    const file = join(folder, 'list.csv');
    const { host, port, user } = bmc;
    writeFileSync(
      file,
      `name,host,port,username,password_file,tool\n${tool},${host},${port},${user},password,${tool}\n`,
    );
    const config = ConfigSchema.parse({ ipmi: { inventory: { file } } });
    await using closing = new AsyncDisposableStack();
    const servers = closing.adopt(await openServers({ config, logger, env: {} }), (each) => each.close());
    const [server] = servers.current();
    if (server === undefined) throw new Error(JSON.stringify(servers.problems()));
    const session = closing.adopt(
      await openSession(server, {
        ...{ timeoutMs: 20_000, signal: new AbortController().signal, logger, ipmitool: 'ipmitool' },
      }),
      (each) => each.close(),
    );
    const result = {
      outcome: 'ok' as const,
      chassis: await session.chassis(),
      sensors: await session.sensors(),
    };
    const poll = { bmc: server, at: Date.now(), tookMs: 1, failures: 0, result, limits: config.ipmi.limits };
    const metrics = Metric.array().parse(JSON.parse(JSON.stringify(toMetrics(poll))));
    return new Map(metrics.map((one) => [one.kind === 'reading' ? one.sensor : 'status', one]));
  }
  const setCpu = (raw: string) => bmc.console(`sensor_set_value 0x20 0 1 ${raw} 0`);

  it.each(['ipmitool', 'freeipmi'] as const)('is judged alike by %s', async (tool) => {
    await setCpu('0x2e');
    const well = await read(tool);
    expect(well.get('CPU Temp')).toMatchObject({
      ...{ value: 46, unit: 'Cel', status: 'ok', judgedBy: 'default', sensorKind: 'temperature' },
      thresholds: { upperWarning: 65, upperCritical: 80, upperNonRecoverable: 105 },
    });
    expect(well.get('Chassis drive fault')).toMatchObject({ status: 'ok', states: [] });

    await setCpu('0x52');
    const hot = await read(tool);
    expect(hot.get('CPU Temp')).toMatchObject({ value: 82, status: 'critical' });
    expect(hot.get('status')).toMatchObject({
      health: 'critical',
      power: 'on',
    } satisfies Partial<ServerStatus>);
  });

  it('says the same by both programs', async () => {
    await setCpu('0x2e');
    const [one, other] = [await read('ipmitool'), await read('freeipmi')];
    // Of a sensor without a reading ipmitool does not say the unit.
    const measured = ({ value, unit }: Reading) => (value === undefined ? '-' : `${value} ${unit}`);
    const brief = (metrics: Map<string, Metric>) =>
      [...metrics].flatMap(([name, metric]) =>
        metric.kind === 'reading' ? [`${name}: ${measured(metric)} ${metric.status}`] : [],
      );
    expect(brief(other)).toEqual(brief(one));
  });
});
