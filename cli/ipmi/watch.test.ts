import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import { topic } from '#shared/bus/topics.ts';
import { SelEvent } from '#shared/model/index.ts';
import { openEmbeddedStoreForReading } from '#shared/store/embedded.ts';
import { noBmc, startSilentBmc } from '#test/stack/bmc.ts';
import { startCli } from '../testing/spawn-cli.ts';
import { noTerminal } from '../testing/spawn-in-terminal.ts';
import { ServerReport } from './server-report.ts';
import { cliWithBmc } from './testing/cli-with-bmc.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const soon = { timeout: 30_000, interval: 50 };

const logger = pino({ level: 'silent' });

describe.skipIf(noBmc !== undefined)('logpatrol ipmi watch', () => {
  const at = cliWithBmc();
  it('prints one line of JSON for each round, and keeps them all, each event once', async () => {
    at.configure();
    const args = ['ipmi', 'watch', '--rounds', '5', '--interval', '1', '--format', 'json'];
    const watching = startCli(args, { cwd: at.cwd, env: { ...at.base, IPMI_PASSWORD: at.bmc.password } });
    await vi.waitFor(() => expect(watching.out()).toContain('\n'), soon);
    await at.bmc.console('sensor_set_value 0x20 0 2 0x2e 1');
    await at.bmc.console('sensor_set_value 0x20 0 2 0x18 1');
    expect({ code: await watching.code, err: watching.err() }).toEqual({ code: 0, err: '' });
    const reports = watching
      .out()
      .trim()
      .split('\n')
      .map((line) => ServerReport.parse(JSON.parse(line)));
    expect(reports.map(({ server, status }) => [server, status.outcome])).toEqual(
      Array(5).fill(['db-1', 'ok']),
    );
    const store = await openEmbeddedStoreForReading({ dataDir: join(at.cwd, 'data') });
    const kept = await store.statusHistory({ server: 'db-1', limit: 10 });
    await store.close();
    expect(kept.map(({ timestamp }) => timestamp).reverse()).toEqual(
      reports.map(({ status }) => status.timestamp),
    );
    const entries = Number((await at.bmc.ipmitool('sel', 'info')).match(/Entries +: (\d+)/)?.[1]);
    expect(entries).toBeGreaterThan(reports[0]?.status.sel?.entries ?? entries);
    const bus = await openEmbeddedBus({ dataDir: join(at.cwd, 'data'), maxBytes: 1e8, logger });
    const published: (number | undefined)[] = [];
    for await (const { value } of bus.read(topic.logs('ipmi')))
      published.push(SelEvent.parse(JSON.parse(String(value))).ipmi.record_id);
    await bus.close();
    expect(published.length).toBe(entries);
    expect(new Set(published).size).toBe(entries);
  });

  it('prints a block for each round where there is no terminal', async () => {
    const { code, out } = await at.run(['watch', ...at.here(), '--rounds', '2', '--interval', '1']);
    expect(code).toBe(0);
    expect(out.match(/^\[OK\] {7}127\.0\.0\.1:\d+ · 127\.0\.0\.1 · power on$/gm)).toHaveLength(2);
  });

  it.skipIf(noTerminal !== undefined)(
    'draws over itself on a terminal, and gives it back at Ctrl-C',
    async () => {
      const silent = await startSilentBmc();
      at.configure(
        `    - name: hung\n      host: 127.0.0.1\n      port: ${silent.port}\n      timeoutSeconds: 30\n`,
      );
      const terminal = at.onTerminal(['watch', '--interval', '1'], { IPMI_PASSWORD: at.bmc.password });
      try {
        // A BMC that hangs does not hold up the other.
        await vi.waitFor(() => expect(terminal.shown().split('\u001b[H').length).toBeGreaterThan(4), soon);
        await vi.waitFor(() => expect(terminal.shown()).toMatch(/\[OK\].*db-1 +on/), soon);
        expect(terminal.shown()).toContain('\u001b[?1049h\u001b[?25l');
        expect(terminal.shown()).not.toContain('\u001b[?1049l');
        terminal.type('\u0003');
        expect(await terminal.code).toBe(0);
        expect(terminal.shown().trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
      } finally {
        await silent.stop();
      }
    },
  );

  it.skipIf(noTerminal !== undefined)(
    'asks for a password that is missing, and gives the terminal back at SIGTERM',
    async () => {
      const terminal = at.onTerminal(['watch', ...at.here(), '--interval', '1']);
      await vi.waitFor(() => expect(terminal.shown()).toContain(`Password of ${at.bmc.user}`), soon);
      terminal.type(`${at.bmc.password}\r`);
      await vi.waitFor(() => expect(terminal.shown()).toMatch(/CPU Temp .*46 °C/), soon);
      terminal.signal('TERM');
      await terminal.code;
      expect(terminal.shown().trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    },
  );
});
