import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { topic } from '#shared/bus/topics.ts';
import { Incident } from '#shared/model/index.ts';
import { noBmc, startBmc } from '#test/stack/bmc.ts';
import { type Installation, startInstallation } from './installation.ts';

const patience = { timeout: 60_000, interval: 250 };
/** Of the sensor CPU Temp, in its raw unit: 97 and 46 °C. */
const set = (raw: string) => `sensor_set_value 0x20 0 1 ${raw} 1`;

/** The newest state of each incident that events have opened, `rule state`. */
async function incidents({ runtime }: Installation): Promise<string[]> {
  const newest = new Map<string, string>();
  for await (const { key, value } of runtime.bus.read(topic.incidents)) {
    if (value === null) continue;
    const { rule, state, captures } = Incident.parse(JSON.parse(value.toString('utf8')));
    if (rule.startsWith('hardware.temperature'))
      newest.set(String(key), `${rule} ${state} ${captures?.host} ${captures?.sensor}`);
  }
  return [...newest.values()];
}

describe.skipIf(noBmc !== undefined)('events of a simulated BMC', () => {
  it('become an incident when they stay, and end it when they are taken back', async () => {
    const bmc = await startBmc();
    onTestFinished(() => bmc.stop());
    vi.stubEnv('IPMI_PASSWORD', bmc.password);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { host, port, user } = bmc;
    const server = { name: 'db1-bmc', host, port, user, hostName: 'db-1', intervalSeconds: 5 };
    const installation = await startInstallation('embedded', {
      config: { hardware: { healSeconds: 1 }, ipmi: { servers: [server] } },
    });
    onTestFinished(() => installation.stop());
    await bmc.console(set('0x61'));
    await vi.waitFor(async () => {
      expect(await incidents(installation)).toEqual(['hardware.temperature-high open db-1 CPU Temp']);
    }, patience);
    await bmc.console(set('0x2e'));
    await vi.waitFor(async () => {
      expect(await incidents(installation)).toEqual(['hardware.temperature-high resolved db-1 CPU Temp']);
    }, patience);
  }, 120_000);
});
