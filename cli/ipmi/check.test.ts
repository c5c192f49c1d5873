import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import { topic } from '#shared/bus/topics.ts';
import { SelEvent } from '#shared/model/index.ts';
import { openEmbeddedStoreForReading } from '#shared/store/embedded.ts';
import { freeUdpPort, noBmc, startSilentBmc } from '#test/stack/bmc.ts';
import { startCli } from '../testing/spawn-cli.ts';
import { CheckReport } from './server-report.ts';
import { cliWithBmc } from './testing/cli-with-bmc.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const logger = pino({ level: 'silent' });

describe.skipIf(noBmc !== undefined)('logpatrol ipmi check', () => {
  const at = cliWithBmc();
  it('shows each sensor of a BMC that no list names, and exits with 0', async () => {
    const { code, out, err } = await at.run(['check', ...at.here()]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^\[OK\] {7}127\.0\.0\.1:\d+ · 127\.0\.0\.1 · power on$/m);
    expect(out).toMatch(/^ {2}\[OK\] {7}CPU Temp +46 °C +[│┊─]+●[│┊─]+$/m);
    expect(out).toMatch(/^ {2}\[OK\] {7}PS Redundancy +Fully Redundant$/m);
    expect(out).toMatch(/^ {2}Event log: 0 entries.* · no events$/m);
    const chinese = await at.run(['check', ...at.here()], { LOGPATROL_LANGUAGE: 'zh-CN' });
    expect(chinese.out).toContain('电源 开机');
    expect(chinese.out).toContain('事件日志：0 条');
  });

  it('exits with 1 where something is critical, and keeps readings, status and events once', async () => {
    at.configure();
    await at.bmc.console('sensor_set_value 0x20 0 1 0x66 1');
    try {
      for (let round = 0; round < 2; round += 1) {
        const { code, out, err } = await at.run(['check', '--server', 'db-1']);
        expect({ code, err }).toEqual({ code: 1, err: '' });
        expect(out.split('\n')[0]).toBe('[CRITICAL] db-1 · 127.0.0.1 · power on');
        expect(out).toMatch(/^ {2}Not well\n {2}\[CRITICAL\] CPU Temp +102 °C +≥ \d+/m);
        expect(out).toMatch(
          /\[CRITICAL\] \d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}Temperature CPU Temp {2}Upper Critical going high/,
        );
        // The second time there is a history to be drawn.
        expect(/CPU Temp .*[▁▂▃▄▅▆▇█]/.test(out)).toBe(round === 1 && /[▁▂▃▄▅▆▇█]/.test(out));
      }
    } finally {
      await at.bmc.console('sensor_set_value 0x20 0 1 0x2e 0');
    }
    const store = await openEmbeddedStoreForReading({ dataDir: join(at.cwd, 'data') });
    const events: SelEvent[] = [];
    for await (const page of store.scanLogs({ type: 'ipmi', host: 'db-1' }))
      events.push(...page.map(({ json }) => SelEvent.parse(JSON.parse(json))));
    const entries = Number((await at.bmc.ipmitool('sel', 'info')).match(/Entries +: (\d+)/)?.[1]);
    expect(entries).toBeGreaterThan(0);
    expect(events.map(({ ipmi }) => ipmi.record_id)).toHaveLength(entries);
    expect(await store.serverStatuses({ limit: 10 })).toMatchObject([
      { server: 'db-1', outcome: 'ok', health: 'critical', power: 'on' },
    ]);
    const kept = await store.readings({ server: 'db-1', sensor: 'CPU Temp', limit: 10 });
    expect(kept.map(({ value }) => value)).toEqual([102, 102]);
    await store.close();
    // What the service would find: the events once, and how far the log has been read.
    const bus = await openEmbeddedBus({ dataDir: join(at.cwd, 'data'), maxBytes: 1e8, logger });
    const published: unknown[] = [];
    for await (const { value } of bus.read(topic.logs('ipmi'))) published.push(JSON.parse(String(value)));
    const positions: string[] = [];
    for await (const { key } of bus.read(topic.positions)) positions.push(String(key));
    await bus.close();
    expect(published).toEqual(events.map((event) => expect.objectContaining({ event: event.event })));
    expect(new Set(positions)).toEqual(new Set(['ipmi:db-1']));
  });

  it('prints JSON as its schema says', async () => {
    at.configure();
    const { code, out } = await at.run(['check', '--format', 'json', '--events', '3']);
    const report = CheckReport.parse(JSON.parse(out));
    expect(report).toMatchObject({
      exitCode: code,
      servers: [{ server: 'db-1', status: { outcome: 'ok' } }],
    });
    expect(report.servers[0]?.events.length).toBeLessThanOrEqual(3);
    expect(report.servers[0]?.readings.length).toBeGreaterThan(10);
  });

  it('tells a wrong password, a dead and a hung BMC apart, each with 3', async () => {
    const refused = await at.run(['check', ...at.here()], { IPMI_PASSWORD: 'not-it' });
    expect(refused.code).toBe(3);
    expect(refused.out).toMatch(/^\[UNKNOWN\] .* · REFUSED\n {2}.*password.*\n$/);
    const silent = await startSilentBmc();
    try {
      const away = ['check', '--host', silent.host, '--user', 'x', '--timeout', '3', '--once', '--port'];
      for (const port of [await freeUdpPort(), silent.port]) {
        const begun = performance.now();
        const { code, out, err } = await at.run([...away, String(port)]);
        expect({ code, err }).toEqual({ code: 3, err: '' });
        expect(out).toMatch(/^\[UNKNOWN\] .* · UNREACHABLE\n {2}.+\n$/);
        expect(performance.now() - begun).toBeLessThan(20_000);
      }
    } finally {
      await silent.stop();
    }
  });

  it('asks one that does not answer max-retries times more, and once with --once', async () => {
    const port = await freeUdpPort();
    writeFileSync(
      join(at.cwd, 'logpatrol.yaml'),
      `ipmi: { user: x, maxRetries: 1, timeoutSeconds: 2, servers: [{ name: gone, host: 127.0.0.1, port: ${port} }] }\n`,
    );
    const attempts = async (...more: string[]): Promise<number | undefined> => {
      const { out } = await at.run(['check', '--format', 'json', ...more]);
      return CheckReport.parse(JSON.parse(out)).servers[0]?.attempts;
    };
    expect(await attempts('--once')).toBe(1);
    expect(await attempts()).toBe(2);
  });

  it('of several shows one line each, and one that hangs hides none of them', async () => {
    const silent = await startSilentBmc();
    at.configure(
      `    - name: hung\n      host: 127.0.0.1\n      port: ${silent.port}\n      timeoutSeconds: 3\n`,
    );
    try {
      const { code, out } = await at.run(['check', '--once']);
      expect(code).toBe(3);
      expect(out).toMatch(/^\[UNKNOWN\] {2}hung .*UNREACHABLE/m);
      expect(out).toMatch(/^\[OK\] {7}db-1 +on +/m);
      expect(out).toMatch(/^2 servers: 0 critical, 0 warning, 1 not answering$/m);
    } finally {
      await silent.stop();
    }
  });

  it('is told wrong use with 2 and what to do', async () => {
    at.configure();
    const wrong: [args: string[], words: string][] = [
      [['check', '--server', 'db-11'], 'there is no server "db-11" on the list; did you mean db-1?'],
      [['check', '--user', 'x'], '--user goes with --host'],
      [['check', '--server', 'db-1', '--host', 'h'], 'cannot be used with'],
      [['check', '--port', '0'], 'use a whole number from 1 to 65535'],
      [['check', '--password', 'x'], "unknown option '--password'"],
      [['watch', '--interval', 'x'], 'use a whole number from 1 to 86400'],
    ];
    await Promise.all(
      wrong.map(async ([args, words]) => {
        const { code, out, err } = await at.run(args);
        expect({ args, code, out, err }).toEqual({
          args,
          code: 2,
          out: '',
          err: expect.stringContaining(words),
        });
      }),
    );
  });

  it('without servers and without the program that asks says what to do', async () => {
    const empty = await at.run(['check']);
    expect(empty).toMatchObject({ code: 2, err: expect.stringContaining('`logpatrol ipmi add`') });
    at.configure('  ipmitool: no-such-ipmitool\n');
    const missing = await at.run(['check']);
    expect(missing).toMatchObject({ code: 78, out: '' });
    expect(missing.err).toMatch(/^logpatrol: [^\n]*ipmitool[^\n]*\n$/);
    expect(missing.err).toMatch(/install/i);
  });

  it('leaves the keeping to a process that has the data folder, and still shows the events', async () => {
    at.configure();
    const bus = await openEmbeddedBus({ dataDir: join(at.cwd, 'data'), maxBytes: 1e8, logger });
    try {
      const { code, out, err } = await at.run(['check']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/Temperature CPU Temp {2}Upper Critical going high/);
      expect(existsSync(join(at.cwd, 'data', 'store.sqlite'))).toBe(false);
    } finally {
      await bus.close();
    }
  });

  it('never has the password where others can see it', async () => {
    at.configure();
    const check = startCli(['ipmi', 'watch', '--interval', '1', '--log-level', 'trace'], {
      cwd: at.cwd,
      env: { ...at.base, IPMI_PASSWORD: at.bmc.password },
    });
    const lines = new Set<string>();
    await vi.waitFor(
      () => {
        for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
          try {
            lines.add(readFileSync(`/proc/${id}/cmdline`, 'utf8'));
          } catch {
            // It has ended meanwhile.
          }
        expect(
          [...lines].some((line) => line.includes('ipmitool') && line.includes(String(at.bmc.port))),
        ).toBe(true);
      },
      { timeout: 30_000, interval: 5 },
    );
    check.child.kill('SIGTERM');
    await check.code;
    for (const line of lines) expect(line.includes(at.bmc.password)).toBe(false);
    expect(check.out() + check.err()).not.toContain(at.bmc.password);
    expect(at.filesWith(at.bmc.password)).toEqual([]);
  });
});
