import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type SimulatedBmc, startBmc } from '#test/stack/bmc.ts';
import { runCli } from '../../testing/spawn-cli.ts';
import { startInTerminal, type TerminalRun } from '../../testing/spawn-in-terminal.ts';

/** The command line beside a BMC, each test in a folder of its own. */
export interface CliWithBmc {
  readonly bmc: SimulatedBmc;
  readonly cwd: string;
  readonly base: Readonly<Record<string, string>>;
  /** `logpatrol ipmi ARGS` to its end, with the password in IPMI_PASSWORD. */
  run(args: readonly string[], env?: Record<string, string>): ReturnType<typeof runCli>;
  /** The same on a terminal, without the password; ended after the test. */
  onTerminal(args: readonly string[], env?: Record<string, string>): TerminalRun;
  /** Options that name the BMC. */
  here(): string[];
  /** Writes a configuration that has the BMC as `db-1`. @param more lines after it */
  configure(more?: string): void;
  /** Files below the folder that hold the text. */
  filesWith(text: string): string[];
}

/** To be called in a `describe`: starts the BMC for all of its tests. */
export function cliWithBmc(): CliWithBmc {
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
  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.kill();
    rmSync(cwd, { recursive: true });
  });
  const base = { LOGPATROL_LANGUAGE: 'en', LOGPATROL_HTTP_PORT: '0' };
  return {
    get bmc() {
      return bmc;
    },
    get cwd() {
      return cwd;
    },
    base,
    run: (args, env = {}) =>
      runCli(['ipmi', ...args], { cwd, env: { ...base, IPMI_PASSWORD: bmc.password, ...env } }),
    onTerminal(args, env = {}) {
      const terminal = startInTerminal(['ipmi', ...args], { cwd, env: { ...base, ...env } });
      terminals.push(terminal);
      return terminal;
    },
    here: () => ['--host', bmc.host, '--port', String(bmc.port), '--user', bmc.user],
    configure: (more = '') =>
      writeFileSync(
        join(cwd, 'logpatrol.yaml'),
        `# ours\nipmi:\n  servers:\n    - name: db-1 # the first\n      host: ${bmc.host}\n      port: ${bmc.port}\n      user: ${bmc.user}\n${more}`,
      ),
    filesWith: (text) =>
      readdirSync(cwd, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => readFileSync(file).includes(text)),
  };
}
