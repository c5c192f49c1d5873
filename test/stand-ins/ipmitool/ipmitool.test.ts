import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { inspector } from '#services/ipmi/inspect.ts';
import { bmcs } from '#services/ipmi/poll/testing/fleet.ts';
import { ConfigSchema } from '#shared/config/index.ts';

it('is asked like the real one: sensors, clock, an empty event log; one that hangs is ended in time', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'logpatrol-stand-in-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const ipmitool = fileURLToPath(new URL('ipmitool', import.meta.url));
  const config = ConfigSchema.parse({ dataDir, ipmi: { ipmitool } });
  const inspect = inspector({ config, logger: pino({ level: 'silent' }), host: 'ops-1', clock: Date.now });
  const ask = (host: string, timeoutMs: number, hostName = host) => {
    const [bmc] = bmcs(1, { host, hostName });
    if (bmc === undefined) throw new Error('one');
    return inspect({ bmc, position: undefined, timeoutMs, signal: new AbortController().signal });
  };
  const { result, events, position, notes } = await ask('server.takes-300ms', 10_000);
  expect(result).toMatchObject({ outcome: 'ok', chassis: { power: 'on' }, clockOffsetMs: 0 });
  expect(result.outcome === 'ok' && result.sensors.length).toBe(39);
  expect({ events, notes }).toEqual({ events: [], notes: [] });
  expect(position).toMatchObject({ recordId: 0, walk: 'complete' });

  expect(await ask('server.takes-1ms', 10_000)).not.toHaveProperty('local');
  expect((await ask('server.takes-1ms', 10_000, 'ops-1')).local).toEqual({
    cpuPercent: expect.any(Number),
    memoryPercent: expect.any(Number),
  });

  const hung = await ask('server.hangs', 500);
  expect(hung.result.outcome).toBe('unreachable');
  expect(hung.tookMs).toBeLessThan(3000);
});
