import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { LogpatrolError } from '#shared/errors/index.ts';
import { BmcTrouble } from '../inspection.ts';

/** Bytes that a program may print for one question. The longest real answer, 255 sensors in words, has about 60 KB. */
const outputLimit = 4 * 1024 * 1024;
/** Processor time of a program, in seconds. A session needs tenths of a second. */
const cpuSeconds = 10;
/** From the friendly end of a session to the hard one. */
const graceMs = 2000;

export interface Program {
  /** Name or path. */
  readonly file: string;
  readonly args: readonly string[];
  /** Beside PATH, HOME, TZ and LC_ALL. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it runs; where we do if undefined. */
  readonly folder?: string | undefined;
  /** What to install where it is missing. */
  readonly install: string;
}

/** What a program has printed, and how it ended. */
export interface Printed {
  readonly out: string;
  readonly err: string;
}

/** A program that asks a BMC. It never outlives its limits, nor us. */
export interface Child {
  /** Writes and waits until both outputs have what is waited for; then takes and forgets what was printed until there. */
  ask(input: string, out: string, err: string): Promise<Printed>;
  /** Waits until it has ended, and says what it printed since the last question, and its exit code (undefined: killed). */
  ended(): Promise<Printed & { code: number | undefined }>;
  /**
   * Ends it: `goodbye` is written, then its input ends, so that it closes its session (a BMC has few of them, and keeps one that is
   * left for a minute). When it is still there two seconds later it is killed. Resolves when it is gone.
   */
  close(goodbye?: string): Promise<void>;
  /** Kills it, and lets whatever is waited for fail with this. */
  fail(trouble: Error): void;
}

/**
 * Runs the program in place of the shell. `ipmitool` goes on for ever after the end of its input, so it must not survive us even when we
 * are killed: the kernel kills it with us (setpriv of util-linux), and where there is none its processor time ends it.
 */
const launcher = `ulimit -t ${cpuSeconds}
setpriv --pdeathsig KILL true 2>/dev/null && exec setpriv --pdeathsig KILL "$0" "$@"
exec "$0" "$@"`;

/** Kills each program that runs. */
const living = new Set<() => void>();
process.once('exit', () => {
  for (const kill of living) kill();
});

/** Starts a program. Its standard output and error are read as Latin-1, as IPMI has names. */
export function startChild(program: Program): Child {
  const { file, args, environment } = program;
  const { PATH = '/usr/bin:/bin:/usr/sbin:/sbin', HOME = '/' } = process.env;
  const child = spawn('/bin/sh', ['-c', launcher, file, ...args], {
    env: { PATH: `${PATH}:/usr/sbin:/sbin`, HOME, TZ: 'UTC', LC_ALL: 'C', ...environment },
    cwd: program.folder,
    stdio: 'pipe',
  });
  return follow(child, program);
}

function follow(child: ChildProcessWithoutNullStreams, program: Program): Child {
  const printed = { out: '', err: '' };
  let failure: Error | undefined;
  let code: number | undefined;
  let isGone = false;
  const idle = (): void => {};
  /** Looks whether what is waited for has come. */
  let look = idle;

  const kill = (): void => void child.kill('SIGKILL');
  living.add(kill);
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failure ??= unusable(program, error.message);
      isGone = true;
      finish();
    });
    // All that it printed has been read then.
    child.once('close', (exitCode) => {
      code = exitCode ?? undefined;
      isGone = true;
      if (code === 127 || code === 126) failure ??= unusable(program, printed.err);
      finish();
    });
    function finish(): void {
      living.delete(kill);
      look();
      resolve();
    }
  });
  // It may end before it has read what we write: its end says all.
  child.stdin.on('error', () => {});
  for (const name of ['out', 'err'] as const) {
    const stream = name === 'out' ? child.stdout : child.stderr;
    stream.setEncoding('latin1').on('data', (text: string) => {
      printed[name] += text;
      if (printed[name].length > outputLimit) {
        fail(new BmcTrouble('invalid', `the answer is longer than ${outputLimit >> 20} MB`));
      } else look();
    });
  }

  function fail(trouble: Error): void {
    failure ??= trouble;
    printed.out = '';
    printed.err = '';
    kill();
    look();
  }

  function take(outEnd: number, errEnd: number): Printed {
    const taken = { out: printed.out.slice(0, outEnd), err: printed.err.slice(0, errEnd) };
    printed.out = printed.out.slice(outEnd);
    printed.err = printed.err.slice(errEnd);
    return taken;
  }

  function ask(input: string, out: string, err: string): Promise<Printed> {
    if (look !== idle) throw new Error('a program is asked one question at a time');
    const outTail = new Tail(out);
    const errTail = new Tail(err);
    return new Promise((resolve, reject) => {
      look = () => {
        if (failure !== undefined || isGone) look = idle;
        if (failure !== undefined) return reject(failure);
        const outEnd = outTail.endIn(printed.out);
        const errEnd = errTail.endIn(printed.err);
        if (outEnd !== undefined && errEnd !== undefined) {
          look = idle;
          resolve(take(outEnd, errEnd));
        } else if (isGone) reject(new EndedEarly(take(Infinity, Infinity), code));
      };
      child.stdin.write(input);
      look();
    });
  }

  async function ended(): Promise<Printed & { code: number | undefined }> {
    child.stdin.end();
    await gone;
    if (failure !== undefined) throw failure;
    return { ...take(Infinity, Infinity), code };
  }

  async function close(goodbye = ''): Promise<void> {
    if (!isGone) child.stdin.end(goodbye);
    const timer = setTimeout(kill, graceMs);
    await gone;
    clearTimeout(timer);
  }

  return { ask, ended, close, fail };
}

/** The program ended while it was asked. */
export class EndedEarly extends Error {
  readonly printed: Printed;
  /** Undefined: by a signal. */
  readonly code: number | undefined;

  constructor(printed: Printed, code: number | undefined) {
    super('the program ended early');
    this.printed = printed;
    this.code = code;
  }
}

/** Finds where a text first ends in one that grows, without looking at what was looked at before. */
class Tail {
  readonly #text: string;
  #from = 0;

  constructor(text: string) {
    this.#text = text;
  }

  endIn(growing: string): number | undefined {
    const at = growing.indexOf(this.#text, this.#from);
    if (at >= 0) {
      this.#from = at;
      return at + this.#text.length;
    }
    this.#from = Math.max(0, growing.length - this.#text.length);
    return undefined;
  }
}

function unusable({ file, install }: Program, reason: string): LogpatrolError {
  const where = isAbsolute(file) ? `"${file}" cannot be run` : `there is no program "${file}"`;
  const detail = /not found|no such file|ENOENT/i.test(reason) ? '' : ` (${reason.trim().slice(0, 200)})`;
  return new LogpatrolError('unusable-environment', `BMCs cannot be asked: ${where}${detail}; ${install}`);
}
