import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import { topic } from '#shared/bus/topics.ts';
import { SelEvent } from '#shared/model/index.ts';
import { openEmbeddedStoreForReading } from '#shared/store/embedded.ts';
import { freeUdpPort, noBmc, type SimulatedBmc, startBmc, startSilentBmc } from '#test/stack/bmc.ts';
import { runCli, startCli } from '../testing/spawn-cli.ts';
import { noTerminal, startInTerminal, type TerminalRun } from '../testing/spawn-in-terminal.ts';
import { CheckReport, ServerReport } from './server-report.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const soon = { timeout: 30_000, interval: 50 };
const logger = pino({ level: 'silent' });

describe.skipIf(noBmc !== undefined)('logpatrol ipmi', () => {
  let bmc: SimulatedBmc;
  let cwd: string;
  const terminals: TerminalRun[] = [];
  beforeAll(async () => {
    bmc = await startBmc();
  });
  afterAll(() => bmc.stop());
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'logpatrol-ipmi-cli-'));
  });
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) terminal.kill();
    rmSync(cwd, { recursive: true });
  });

  const base = { LOGPATROL_LANGUAGE: 'en', LOGPATROL_HTTP_PORT: '0' };
  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runCli(['ipmi', ...args], { cwd, env: { ...base, IPMI_PASSWORD: bmc.password, ...env } });
  const onTerminal = (args: readonly string[], env: Record<string, string> = {}): TerminalRun => {
    const terminal = startInTerminal(['ipmi', ...args], { cwd, env: { ...base, ...env } });
    terminals.push(terminal);
    return terminal;
  };
  const here = (): string[] => ['--host', bmc.host, '--port', String(bmc.port), '--user', bmc.user];
  const configure = (more = ''): void =>
    writeFileSync(
      join(cwd, 'logpatrol.yaml'),
      `# ours\nipmi:\n  servers:\n    - name: db-1 # the first\n      host: ${bmc.host}\n      port: ${bmc.port}\n      user: ${bmc.user}\n${more}`,
    );
  /** Names of all files below a folder that hold the text. */
  const filesWith = (text: string): string[] =>
    readdirSync(cwd, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(text));

  describe('check', () => {
    it('shows each sensor of a BMC that no list names, and exits with 0', async () => {
      const { code, out, err } = await run(['check', ...here()]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^\[OK\] {7}127\.0\.0\.1:\d+ · 127\.0\.0\.1 · power on$/m);
      expect(out).toMatch(/^ {2}\[OK\] {7}CPU Temp +46 °C +[│┊─]+●[│┊─]+$/m);
      expect(out).toMatch(/^ {2}\[OK\] {7}PS Redundancy +Fully Redundant$/m);
      expect(out).toMatch(/^ {2}Event log: 0 entries.* · no events$/m);
      const chinese = await run(['check', ...here()], { LOGPATROL_LANGUAGE: 'zh-CN' });
      expect(chinese.out).toContain('电源 开机');
      expect(chinese.out).toContain('事件日志：0 条');
    });

    it('exits with 1 where something is critical, and keeps readings, status and events once', async () => {
      configure();
      await bmc.console('sensor_set_value 0x20 0 1 0x66 1');
      try {
        for (let round = 0; round < 2; round += 1) {
          const { code, out, err } = await run(['check', '--server', 'db-1']);
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
        await bmc.console('sensor_set_value 0x20 0 1 0x2e 0');
      }
      const store = await openEmbeddedStoreForReading({ dataDir: join(cwd, 'data') });
      const events: SelEvent[] = [];
      for await (const page of store.scanLogs({ type: 'ipmi', host: 'db-1' }))
        events.push(...page.map(({ json }) => SelEvent.parse(JSON.parse(json))));
      const entries = Number((await bmc.ipmitool('sel', 'info')).match(/Entries +: (\d+)/)?.[1]);
      expect(entries).toBeGreaterThan(0);
      expect(events.map(({ ipmi }) => ipmi.record_id)).toHaveLength(entries);
      expect(await store.serverStatuses({ limit: 10 })).toMatchObject([
        { server: 'db-1', outcome: 'ok', health: 'critical', power: 'on' },
      ]);
      const kept = await store.readings({ server: 'db-1', sensor: 'CPU Temp', limit: 10 });
      expect(kept.map(({ value }) => value)).toEqual([102, 102]);
      await store.close();
      // What the service would find: the events once, and how far the log has been read.
      const bus = await openEmbeddedBus({ dataDir: join(cwd, 'data'), maxBytes: 1e8, logger });
      const published: unknown[] = [];
      for await (const { value } of bus.read(topic.logs('ipmi'))) published.push(JSON.parse(String(value)));
      const positions: string[] = [];
      for await (const { key } of bus.read(topic.positions)) positions.push(String(key));
      await bus.close();
      expect(published).toEqual(events.map((event) => expect.objectContaining({ event: event.event })));
      expect(new Set(positions)).toEqual(new Set(['ipmi:db-1']));
    });

    it('prints JSON as its schema says', async () => {
      configure();
      const { code, out } = await run(['check', '--format', 'json', '--events', '3']);
      const report = CheckReport.parse(JSON.parse(out));
      expect(report).toMatchObject({
        exitCode: code,
        servers: [{ server: 'db-1', status: { outcome: 'ok' } }],
      });
      expect(report.servers[0]?.events.length).toBeLessThanOrEqual(3);
      expect(report.servers[0]?.readings.length).toBeGreaterThan(10);
    });

    it('tells a wrong password, a dead and a hung BMC apart, each with 3', async () => {
      const refused = await run(['check', ...here()], { IPMI_PASSWORD: 'not-it' });
      expect(refused.code).toBe(3);
      expect(refused.out).toMatch(/^\[UNKNOWN\] .* · REFUSED\n {2}.*password.*\n$/);
      const silent = await startSilentBmc();
      try {
        const away = ['check', '--host', silent.host, '--user', 'x', '--timeout', '3', '--once', '--port'];
        for (const port of [await freeUdpPort(), silent.port]) {
          const begun = performance.now();
          const { code, out, err } = await run([...away, String(port)]);
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
        join(cwd, 'logpatrol.yaml'),
        `ipmi: { user: x, maxRetries: 1, timeoutSeconds: 2, servers: [{ name: gone, host: 127.0.0.1, port: ${port} }] }\n`,
      );
      const attempts = async (...more: string[]): Promise<number | undefined> => {
        const { out } = await run(['check', '--format', 'json', ...more]);
        return CheckReport.parse(JSON.parse(out)).servers[0]?.attempts;
      };
      expect(await attempts('--once')).toBe(1);
      expect(await attempts()).toBe(2);
    });

    it('of several shows one line each, and one that hangs hides none of them', async () => {
      const silent = await startSilentBmc();
      configure(
        `    - name: hung\n      host: 127.0.0.1\n      port: ${silent.port}\n      timeoutSeconds: 3\n`,
      );
      try {
        const { code, out } = await run(['check', '--once']);
        expect(code).toBe(3);
        expect(out).toMatch(/^\[UNKNOWN\] {2}hung .*UNREACHABLE/m);
        expect(out).toMatch(/^\[OK\] {7}db-1 +on +/m);
        expect(out).toMatch(/^2 servers: 0 critical, 0 warning, 1 not answering$/m);
      } finally {
        await silent.stop();
      }
    });

    it('is told wrong use with 2 and what to do', async () => {
      configure();
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
          const { code, out, err } = await run(args);
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
      const empty = await run(['check']);
      expect(empty).toMatchObject({ code: 2, err: expect.stringContaining('`logpatrol ipmi add`') });
      configure('  ipmitool: no-such-ipmitool\n');
      const missing = await run(['check']);
      expect(missing).toMatchObject({ code: 78, out: '' });
      expect(missing.err).toMatch(/^logpatrol: [^\n]*ipmitool[^\n]*\n$/);
      expect(missing.err).toMatch(/install/i);
    });

    it('leaves the keeping to a process that has the data folder, and still shows the events', async () => {
      configure();
      const bus = await openEmbeddedBus({ dataDir: join(cwd, 'data'), maxBytes: 1e8, logger });
      try {
        const { code, out, err } = await run(['check']);
        expect({ code, err }).toEqual({ code: 0, err: '' });
        expect(out).toMatch(/Temperature CPU Temp {2}Upper Critical going high/);
        expect(existsSync(join(cwd, 'data', 'store.sqlite'))).toBe(false);
      } finally {
        await bus.close();
      }
    });

    it('never has the password where others can see it', async () => {
      configure();
      const check = startCli(['ipmi', 'watch', '--interval', '1', '--log-level', 'trace'], {
        cwd,
        env: { ...base, IPMI_PASSWORD: bmc.password },
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
            [...lines].some((line) => line.includes('ipmitool') && line.includes(String(bmc.port))),
          ).toBe(true);
        },
        { timeout: 30_000, interval: 5 },
      );
      check.child.kill('SIGTERM');
      await check.code;
      for (const line of lines) expect(line.includes(bmc.password)).toBe(false);
      expect(check.out() + check.err()).not.toContain(bmc.password);
      expect(filesWith(bmc.password)).toEqual([]);
    });
  });

  describe('add', () => {
    const described = (name = 'db-2'): string[] => ['add', ...here(), '--name', name, '--yes'];

    it('tests, writes, lists and checks; the password is in a file for its owner alone', async () => {
      const before = '# ours\nlanguage: en # cards\n\nhttp:   { port: 0 }\n';
      writeFileSync(join(cwd, 'logpatrol.yaml'), before);
      chmodSync(join(cwd, 'logpatrol.yaml'), 0o640);
      const added = await run([...described(), '--password-file', 'secrets/db-2', '--group', 'rack-7']);
      expect(added.code).toBe(0);
      expect(added.err).toMatch(/it answers: power on, \d+ sensors \(.*Temperatures \d/);
      expect(added.out).toContain('db-2 is in logpatrol.yaml now');
      const text = readFileSync(join(cwd, 'logpatrol.yaml'), 'utf8');
      expect(text.startsWith(before)).toBe(true);
      expect(parse(text).ipmi.servers).toEqual([
        {
          name: 'db-2',
          host: bmc.host,
          group: 'rack-7',
          port: bmc.port,
          user: bmc.user,
          passwordFile: 'secrets/db-2',
        },
      ]);
      const modeOf = (path: string): number => statSync(join(cwd, path)).mode & 0o777;
      expect(['logpatrol.yaml', 'secrets', 'secrets/db-2'].map(modeOf)).toEqual([0o640, 0o700, 0o600]);
      expect(filesWith(bmc.password)).toEqual([join(cwd, 'secrets/db-2')]);

      const env = { IPMI_PASSWORD: '' };
      const early = await run(['list'], env);
      expect(early).toMatchObject({ code: 0, err: '' });
      expect(early.out).toMatch(/^never polled +db-2 +127\.0\.0\.1:\d+ +rack-7$/m);
      expect((await run(['check', '--server', 'db-2'], env)).code).toBe(0);
      const late = await run(['list', '--format', 'json'], env);
      expect(JSON.parse(late.out)).toMatchObject({
        problems: [],
        servers: [{ name: 'db-2', enabled: true, status: { outcome: 'ok', power: 'on', health: 'ok' } }],
      });
    });

    it('refuses what is there already, and what the schema refuses', async () => {
      configure();
      const text = readFileSync(join(cwd, 'logpatrol.yaml'), 'utf8');
      const twice = await run(['add', ...here(), '--name', 'db-9', '--yes']);
      expect(twice).toMatchObject({ code: 2, err: expect.stringContaining('on the list already, as db-1') });
      for (const [name, words] of [
        ['db-1', 'there is a server db-1 already'],
        ['a b', 'letters, digits'],
      ]) {
        const again = await run(['add', '--host', 'h', '--user', 'u', '--yes', '--name', name ?? '']);
        expect(again).toMatchObject({ code: 2, err: expect.stringContaining(words ?? '') });
      }
      const bare = await run(['add', '--yes', '--host', 'h']);
      expect(bare).toMatchObject({ code: 2, err: expect.stringContaining('--name is missing') });
      const none = await run(['add', '--yes', '--host', 'h', '--name', 'n', '--user', 'u'], {
        IPMI_PASSWORD: '',
      });
      expect(none).toMatchObject({ code: 2, err: expect.stringContaining('there is no password') });
      expect(readFileSync(join(cwd, 'logpatrol.yaml'), 'utf8')).toBe(text);
    });

    it('writes nothing where the test fails, unless it is told to', async () => {
      const wrong = { IPMI_PASSWORD: 'not-it' };
      const failed = await run([...described(), '--password-file', 'secrets/db-2'], wrong);
      expect(failed.code).toBe(3);
      expect(failed.err).toMatch(/the test failed: .*password.*\nlogpatrol: nothing was written/);
      expect(readdirSync(cwd)).toEqual([]);
      const forced = await run([...described(), '--force', '--password-env', 'DB_2'], { DB_2: 'not-it' });
      expect(forced.code).toBe(0);
      expect(parse(readFileSync(join(cwd, 'logpatrol.yaml'), 'utf8')).ipmi.servers).toMatchObject([
        { name: 'db-2', passwordEnv: 'DB_2' },
      ]);
    });

    it('leaves a configuration with mistakes alone', async () => {
      writeFileSync(join(cwd, 'logpatrol.yaml'), 'languag: en\n');
      const { code, err } = await run(described());
      expect(code).toBe(78);
      expect(err).toContain('did you mean language?');
      expect(readdirSync(cwd)).toEqual(['logpatrol.yaml']);
    });

    it.skipIf(noTerminal !== undefined)(
      'asks on a terminal, shows no password, and can be left',
      async () => {
        const terminal = onTerminal(['add', '--port', String(bmc.port)]);
        const answer = async (question: string, text: string): Promise<void> => {
          await vi.waitFor(() => expect(terminal.shown()).toContain(question), soon);
          terminal.type(text);
        };
        await answer('Address or name of the BMC', `${bmc.host}\r`);
        await answer('Name of the server here', 'db-3\r');
        await answer('How the machine calls itself', '\r');
        await answer('User of the BMC', `${bmc.user}\r`);
        await answer(`Password of ${bmc.user} at db-3`, `${bmc.password}\r`);
        await answer('Where is the password to be kept?', '\r');
        await answer('Write it to logpatrol.yaml?', '\r');
        expect(await terminal.code).toBe(0);
        expect(stripVTControlCharacters(terminal.shown())).not.toContain(bmc.password.slice(0, 4));
        expect(parse(readFileSync(join(cwd, 'logpatrol.yaml'), 'utf8')).ipmi.servers).toMatchObject([
          { name: 'db-3', passwordFile: 'data/secrets/db-3.password' },
        ]);
        expect(filesWith(bmc.password)).toEqual([join(cwd, 'data/secrets/db-3.password')]);

        const left = onTerminal(['add']);
        await vi.waitFor(() => expect(left.shown()).toContain('Address or name of the BMC'), soon);
        left.type('\u0003');
        expect(await left.code).toBe(2);
        expect(left.shown()).toContain('nothing was written');
      },
    );
  });

  it('list says what is wrong with a list, with 1, and names the servers that are disabled', async () => {
    configure(
      '    - { name: db-9, host: 127.0.0.2, enabled: false }\n  inventory: { file: no-such-list.yaml }\n',
    );
    const { code, out, err } = await run(['list']);
    expect(code).toBe(1);
    expect(out).toMatch(/^never polled +db-1 /m);
    expect(out).toMatch(/^disabled +db-9 +127\.0\.0\.2:623$/m);
    expect(err).toMatch(/^logpatrol: .*no-such-list\.yaml.*\n$/);
    const json = await run(['list', '--format', 'json']);
    expect(JSON.parse(json.out)).toMatchObject({
      problems: [{ where: expect.stringContaining('no-such-list.yaml') }],
      servers: [{ name: 'db-1' }, { name: 'db-9', enabled: false }],
    });
  });

  describe('watch', () => {
    it('prints one line of JSON for each round, and keeps them all, each event once', async () => {
      configure();
      const args = ['ipmi', 'watch', '--rounds', '5', '--interval', '1', '--format', 'json'];
      const watching = startCli(args, { cwd, env: { ...base, IPMI_PASSWORD: bmc.password } });
      await vi.waitFor(() => expect(watching.out()).toContain('\n'), soon);
      await bmc.console('sensor_set_value 0x20 0 2 0x2e 1');
      await bmc.console('sensor_set_value 0x20 0 2 0x18 1');
      expect({ code: await watching.code, err: watching.err() }).toEqual({ code: 0, err: '' });
      const reports = watching
        .out()
        .trim()
        .split('\n')
        .map((line) => ServerReport.parse(JSON.parse(line)));
      expect(reports.map(({ server, status }) => [server, status.outcome])).toEqual(
        Array(5).fill(['db-1', 'ok']),
      );
      const store = await openEmbeddedStoreForReading({ dataDir: join(cwd, 'data') });
      const kept = await store.statusHistory({ server: 'db-1', limit: 10 });
      await store.close();
      expect(kept.map(({ timestamp }) => timestamp).reverse()).toEqual(
        reports.map(({ status }) => status.timestamp),
      );
      const entries = Number((await bmc.ipmitool('sel', 'info')).match(/Entries +: (\d+)/)?.[1]);
      expect(entries).toBeGreaterThan(reports[0]?.status.sel?.entries ?? entries);
      const bus = await openEmbeddedBus({ dataDir: join(cwd, 'data'), maxBytes: 1e8, logger });
      const published: (number | undefined)[] = [];
      for await (const { value } of bus.read(topic.logs('ipmi')))
        published.push(SelEvent.parse(JSON.parse(String(value))).ipmi.record_id);
      await bus.close();
      expect(published.length).toBe(entries);
      expect(new Set(published).size).toBe(entries);
    });

    it('prints a block for each round where there is no terminal', async () => {
      const { code, out } = await run(['watch', ...here(), '--rounds', '2', '--interval', '1']);
      expect(code).toBe(0);
      expect(out.match(/^\[OK\] {7}127\.0\.0\.1:\d+ · 127\.0\.0\.1 · power on$/gm)).toHaveLength(2);
    });

    it.skipIf(noTerminal !== undefined)(
      'draws over itself on a terminal, and gives it back at Ctrl-C',
      async () => {
        const silent = await startSilentBmc();
        configure(
          `    - name: hung\n      host: 127.0.0.1\n      port: ${silent.port}\n      timeoutSeconds: 30\n`,
        );
        const terminal = onTerminal(['watch', '--interval', '1'], { IPMI_PASSWORD: bmc.password });
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
        const terminal = onTerminal(['watch', ...here(), '--interval', '1']);
        await vi.waitFor(() => expect(terminal.shown()).toContain(`Password of ${bmc.user}`), soon);
        terminal.type(`${bmc.password}\r`);
        await vi.waitFor(() => expect(terminal.shown()).toMatch(/CPU Temp .*46 °C/), soon);
        terminal.signal('TERM');
        await terminal.code;
        expect(terminal.shown().trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
      },
    );
  });
});
