import { execFile, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hardwareCommands } from './bmc-hardware.ts';
import { createServerProcess, freePort } from './server.ts';

const run = promisify(execFile);

/** A real `ipmi_sim` on 127.0.0.1: sessions (RMCP+, cipher suite 3), sensors, SEL. */
export interface SimulatedBmc {
  readonly host: string;
  /** UDP. */
  readonly port: number;
  /** Administrator. There is `readonly` with password `read` and privilege USER too. */
  readonly user: string;
  readonly password: string;
  readonly pid: number;
  /**
   * One command of man 5 ipmi_sim_cmd, such as `sensor_set_value 0x20 0 1 0x61 1` (the last 1: with an event). Answers what it
   * printed, usually nothing; rejects where the simulator refuses it. The sensors are in bmc-hardware.ts.
   */
  console(command: string): Promise<string>;
  /** `ipmitool` with these arguments, as administrator; answers its standard output. */
  ipmitool(...args: string[]): Promise<string>;
  /** Sets the BMC's clock, so many seconds after ours. */
  setClock(offsetSeconds: number): Promise<void>;
  /** Stops it in the middle of what it does, as a BMC that hangs: the port stays, nothing answers. */
  freeze(): void;
  unfreeze(): void;
  stop(): Promise<void>;
}

export interface BmcOptions {
  /** Of its clock from ours at the start. Default 0. `null`: the clock is not set, events say "Pre-Init". */
  readonly clockOffsetSeconds?: number | null;
  /** Records that the SEL holds. Default 500. */
  readonly selEntries?: number;
  /** Starts it again on this port (its SEL and sensors are new). */
  readonly port?: number;
  /** The machine: commands of man 5 ipmi_sim_cmd in place of the usual ones. */
  readonly commands?: string;
}

const isMissing = (program: string): boolean =>
  spawnSync(program, ['-V'], { stdio: 'ignore' }).error !== undefined;
const missing = ['ipmitool', 'ipmi_sim'].filter(isMissing);

/** Why there can be no simulated BMC here, or undefined: `describe.skipIf(noBmc !== undefined)`. */
export const noBmc =
  missing.length === 0
    ? undefined
    : `No ${missing.join(' and ')} (packages ipmitool, openipmi): the tests that need a BMC are skipped.`;
/** Before a command: the kernel kills it when this process is killed. */
const killedWithUs = isMissing('setpriv') ? ([] as const) : (['setpriv', '--pdeathsig', 'KILL'] as const);

/** Why there is no FreeIPMI here, or undefined. */
export const noFreeipmi = isMissing('ipmi-raw')
  ? 'No ipmi-raw (package freeipmi-tools): the tests that need FreeIPMI are skipped.'
  : undefined;
for (const reason of [noBmc, noFreeipmi]) {
  if (reason === undefined) continue;
  if (process.env.CI) throw new Error(`${reason} In CI that is a failure.`);
  console.warn(reason);
}

export async function startBmc(options: BmcOptions = {}): Promise<SimulatedBmc> {
  const { clockOffsetSeconds = 0, selEntries = 500, commands = hardwareCommands(selEntries) } = options;
  const host = '127.0.0.1';
  const user = 'ipmiusr';
  const password = 's3#cret,of$BMC';
  const port = options.port ?? (await freeUdpPort());
  const consolePort = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-bmc-'));
  const state = join(folder, 'state');
  await mkdir(state);
  await writeFile(join(folder, 'lan.conf'), lanConfiguration({ host, port, consolePort, user, password }));
  await writeFile(join(folder, 'sim.emu'), commands);
  const server = createServerProcess({
    name: 'ipmi_sim',
    port,
    folder,
    command: [
      ...killedWithUs,
      'ipmi_sim',
      '-c',
      join(folder, 'lan.conf'),
      '-f',
      join(folder, 'sim.emu'),
      '-s',
      state,
      '-n',
    ],
    isReady: () =>
      converse(consolePort, undefined).then(
        () => true,
        () => false,
      ),
  });
  await server.start();
  const id = server.pid();
  if (id === undefined) throw new Error('ipmi_sim has no process id');

  /** With the command that stands for its power. */
  const killGroup = (): void => {
    try {
      process.kill(-id, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  process.once('exit', killGroup);

  async function ipmitool(...args: string[]): Promise<string> {
    const session = ['-I', 'lanplus', '-C', '3', '-H', host, '-p', String(port), '-U', user, '-E'];
    const environment = { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C', IPMI_PASSWORD: password };
    return (await run('ipmitool', [...session, ...args], { env: environment })).stdout;
  }

  async function setClock(offsetSeconds: number): Promise<void> {
    const seconds = Buffer.alloc(4);
    seconds.writeUInt32LE(Math.floor(Date.now() / 1000) + offsetSeconds);
    await ipmitool('raw', '0x0a', '0x49', ...Array.from(seconds, (byte) => `0x${byte.toString(16)}`));
  }

  if (clockOffsetSeconds !== null) await setClock(clockOffsetSeconds);
  return {
    host,
    port,
    user,
    password,
    pid: id,
    console: (command) => converse(consolePort, command),
    ipmitool,
    setClock,
    freeze: () => void process.kill(id, 'SIGSTOP'),
    unfreeze: () => void process.kill(id, 'SIGCONT'),
    stop: async () => {
      process.off('exit', killGroup);
      killGroup();
      await server.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A port that takes all that is sent and never answers. */
export async function startSilentBmc(): Promise<{
  host: string;
  port: number;
  /** Packets that came so far. */
  packets(): number;
  stop(): Promise<void>;
}> {
  const socket = createSocket('udp4');
  let count = 0;
  socket.on('message', () => count++);
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    host: '127.0.0.1',
    port: socket.address().port,
    packets: () => count,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** A UDP port that is free on 127.0.0.1 now: nothing answers there. */
export async function freeUdpPort(): Promise<number> {
  const silent = await startSilentBmc();
  await silent.stop();
  return silent.port;
}

interface LanOptions {
  host: string;
  port: number;
  consolePort: number;
  user: string;
  password: string;
}

/** Man 5 ipmi_lan. The power is on while the start command runs. User: number, enabled, name, password, privilege, sessions, kinds of authentication. */
function lanConfiguration({ host, port, consolePort, user, password }: LanOptions): string {
  const kinds = 'none md2 md5 straight';
  return `name "logpatrol"
console ${host} ${consolePort}
set_working_mc 0x20
  startlan 1
    addr ${host} ${port}
    priv_limit admin
    allowed_auths_callback ${kinds}
    allowed_auths_user ${kinds}
    allowed_auths_operator ${kinds}
    allowed_auths_admin ${kinds}
    guid a123456789abcdefa123456789abcdef
  endlan
  startcmd "sleep 3600"
  startnow true
  user 1 true "" "test" user 10 ${kinds}
  user 2 true "${user}" "${password}" admin 10 ${kinds}
  user 3 true "readonly" "read" user 10 ${kinds}
`;
}

/** One command on the simulator's console (a telnet that echoes), or only its prompt. */
function converse(port: number, command: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    let asked = false;
    socket
      .setEncoding('latin1')
      .setTimeout(5000, () => socket.destroy(new Error('the console does not answer')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the console was closed')));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('> ')) return;
      if (asked || command === undefined) {
        socket.destroy();
        // Its echo is the first line, the prompt the last.
        const said = text.split('\n\r').slice(1, -1).join('\n');
        if (said.startsWith('**')) reject(new Error(`${command}: ${said}`));
        else resolve(said);
        return;
      }
      asked = true;
      text = '';
      socket.write(`${command}\n`);
    });
  });
}
