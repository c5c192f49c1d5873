import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type ComposeCommand, composeCommands } from './compose-command.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** What a command said and how it ended. */
export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const Container = z.looseObject({
  Config: z.looseObject({
    Env: z.array(z.string()),
    Labels: z.record(z.string(), z.string()),
    User: z.string(),
  }),
  HostConfig: z.looseObject({ ReadonlyRootfs: z.boolean(), Memory: z.number() }),
  Id: z.string(),
  NetworkSettings: z.looseObject({
    Ports: z.record(z.string(), z.array(z.looseObject({ HostIp: z.string() })).nullable()),
  }),
  RestartCount: z.number(),
  State: z.looseObject({
    ExitCode: z.number(),
    FinishedAt: z.string(),
    Health: z.looseObject({ Status: z.string() }).optional(),
    OOMKilled: z.boolean(),
    Running: z.boolean(),
    StartedAt: z.string(),
  }),
});
export type Container = z.infer<typeof Container>;

const KillEvent = z.looseObject({ id: z.string(), timeNano: z.number() });
const Stats = z.looseObject({ MemUsage: z.string(), Name: z.string() });
const units: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** The compose file under a name of its own, so that several can be up at once. */
export class ComposeProject {
  readonly name = `logpatrol-test-${randomBytes(4).toString('hex')}`;
  readonly #command: ComposeCommand;
  #environment: NodeJS.ProcessEnv = { ...process.env, COMPOSE_HTTP_TIMEOUT: '300' };

  constructor() {
    const [command] = composeCommands;
    if (command === undefined) throw new Error('docker compose is not installed');
    this.#command = command;
  }

  /** Goes before what `.env.example` says. A `.env` is not read. */
  set(environment: Readonly<Record<string, string>>): void {
    this.#environment = { ...this.#environment, ...environment };
  }

  /** Makes its network, and says at which address its containers reach this machine. */
  async makeNetwork(): Promise<string> {
    await this.compose('up', '--no-start', '--no-build', 'secrets');
    const format = '{{(index .IPAM.Config 0).Gateway}}';
    const { stdout } = await run('docker', [
      'network',
      'inspect',
      `${this.name}_default`,
      '--format',
      format,
    ]);
    return stdout.trim();
  }

  /** Rejects where the command fails, with the end of what it said. */
  async compose(...words: string[]): Promise<Said> {
    const said = await this.tryCompose(...words);
    if (said.status === 0) return said;
    const end = `${said.stdout}\n${said.stderr}`.trim().slice(-4000);
    throw new Error(`compose ${words.join(' ')} ended with ${said.status}:\n${end}`);
  }

  tryCompose(...words: string[]): Promise<Said> {
    const [program = '', ...first] = this.#command.words;
    const project = ['--env-file', '.env.example', '-p', this.name, '--profile', 'hardware'];
    return saidBy(program, [...first, ...project, ...words], this.#environment);
  }

  /** One command in a container that is up. */
  exec(service: string, ...words: string[]): Promise<Said> {
    return saidBy('docker', ['exec', this.containerName(service), ...words]);
  }

  /** What files of the secrets hold, by one container. */
  async secrets(places: readonly string[]): Promise<Map<string, string>> {
    const parting = '=== next ===';
    const read = places.map((place) => `cat '/secrets/${place}'; echo '${parting}'`).join('; ');
    const shell = ['run', '--rm', '--no-deps', '--entrypoint', 'sh', 'secrets', '-ec', read];
    const texts = (await this.compose(...shell)).stdout.split(`${parting}\n`);
    return new Map(places.map((place, index) => [place, texts[index]?.trimEnd() ?? '']));
  }

  async secret(place: string): Promise<string> {
    return (await this.secrets([place])).get(place) ?? '';
  }

  containerName(service: string): string {
    return [this.name, service, '1'].join(this.#command.joint);
  }

  async containers(services: readonly string[]): Promise<Map<string, Container>> {
    const { stdout } = await run('docker', ['inspect', ...services.map((one) => this.containerName(one))]);
    const list = z.array(Container).parse(JSON.parse(stdout));
    return new Map(list.map((one) => [one.Config.Labels['com.docker.compose.service'] ?? '', one]));
  }

  /** Bytes of each, without what the kernel keeps of files and gives back. */
  async memory(services: readonly string[]): Promise<Map<string, number>> {
    const names = services.map((one) => this.containerName(one));
    const { stdout } = await run('docker', ['stats', '--no-stream', '--format', '{{json .}}', ...names]);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => Stats.parse(JSON.parse(line)));
    return new Map(
      rows.map(({ Name, MemUsage }) => [services[names.indexOf(Name)] ?? Name, bytes(MemUsage)]),
    );
  }

  /** What runs in it, as the host sees it: each process with its user id. */
  async processes(service: string): Promise<{ uid: string; command: string }[]> {
    const { stdout } = await run('docker', ['top', this.containerName(service), '-eo', 'pid,uid,args']);
    return stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [, uid = '', command = ''] = /^\s*\d+\s+(\S+)\s+(.*)$/.exec(line) ?? [];
        return { uid, command };
      });
  }

  /** Stops them by SIGTERM; gives how many milliseconds each went on for, counted by Docker. */
  async stop(services: readonly string[]): Promise<Map<string, number>> {
    const since = Math.floor(Date.now() / 1000) - 1;
    await run('docker', ['stop', '--time', '30', ...services.map((one) => this.containerName(one))]);
    const until = Math.ceil(Date.now() / 1000) + 1;
    const filters = ['event=kill', `label=com.docker.compose.project=${this.name}`];
    const { stdout } = await run('docker', [
      ...['events', '--since', String(since), '--until', String(until), '--format', '{{json .}}'],
      ...filters.flatMap((filter) => ['--filter', filter]),
    ]);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => KillEvent.parse(JSON.parse(line)));
    const killedAt = new Map(events.map(({ id, timeNano }) => [id, timeNano / 1e6] as const).reverse());
    return new Map(
      Array.from(await this.containers(services), ([name, { Id, State }]) => [
        name,
        Date.parse(State.FinishedAt) - (killedAt.get(Id) ?? Number.NaN),
      ]),
    );
  }

  /** What the containers have said last, for whoever wants to know why something failed. */
  async lastWords(): Promise<string> {
    const { stdout, stderr } = await this.tryCompose('logs', '--no-color', '--tail', '20');
    return `${stdout}${stderr}`.slice(-20_000);
  }

  /** Takes everything away, volumes included. */
  async down(): Promise<void> {
    await this.compose('--profile', 'tools', 'down', '--volumes', '--remove-orphans', '--timeout', '20');
  }
}

/** `57.4MiB / 384MiB` */
function bytes(usage: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)(\w+)/.exec(usage) ?? [];
  return Number(number) * (units[unit] ?? Number.NaN);
}

function saidBy(program: string, words: readonly string[], env?: NodeJS.ProcessEnv): Promise<Said> {
  return new Promise((resolve, reject) => {
    const options = { cwd: root, env, maxBuffer: 64 * 1024 * 1024 };
    execFile(program, words, options, (error, stdout, stderr) => {
      if (error === null) resolve({ status: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ status: error.code, stdout, stderr });
      else reject(error);
    });
  });
}
