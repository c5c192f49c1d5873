import type { OutRecord, Writer } from '#shared/bus/port.ts';
import type { Random } from './random.ts';

/** Words of the NATO alphabet: text that no masking takes for a number, a path or an id. */
const words = [
  'alfa',
  'bravo',
  'charlie',
  'delta',
  'echo',
  'foxtrot',
  'golf',
  'hotel',
  'india',
  'juliett',
  'kilo',
  'lima',
  'mike',
  'november',
  'oscar',
  'papa',
  'quebec',
  'romeo',
  'sierra',
  'tango',
  'uniform',
  'victor',
  'whiskey',
  'xray',
  'yankee',
  'zulu',
] as const;

/** What has been sent, kept apart from anything that logpatrol says. */
export interface Truth {
  lines: number;
  /** Failure name → how many of its lines were sent. */
  readonly failures: Map<string, number>;
  /** Failure name → when its first line was handed to the bus, in milliseconds since the epoch. */
  readonly firstSent: Map<string, number>;
}

export interface Load {
  readonly truth: Truth;
  /** Holds the load until `resume`, once what is under way has been written. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly writer: Writer;
  readonly random: Random;
  readonly linesPerSecond: number;
  /** Share of lines that are failures. */
  readonly hits: number;
  /** A failure never seen before about every so many lines. */
  readonly linesPerNewFailure: number;
  /** Failures below this number are not sent. */
  readonly firstFailure?: number;
}

/** The name of the n-th failure: two words, 676 of them. */
export function failureName(index: number): string {
  return `${words[Math.floor(index / words.length) % words.length]}-${words[index % words.length]}`;
}

/** Sends Filebeat-shaped lines to `logs.app` at a steady rate, in small atomic writes, and counts them once they are written. */
export function startLoad(options: LoadOptions): Load {
  const { writer, random, firstFailure: first = 0 } = options;
  const truth: Truth = { lines: 0, failures: new Map(), firstSent: new Map() };
  let offset = 0;
  let isStopped = false;
  let gate: { readonly opened: Promise<void>; open(): void } | undefined;
  let writing: Promise<void> = Promise.resolve();

  function nextLine(): { record: OutRecord; failure: string | undefined } {
    const known = Math.floor(offset / options.linesPerNewFailure) + 1;
    const failure =
      random.next() < options.hits ? failureName(first + random.between(0, known - 1)) : undefined;
    const host = `host-${random.between(1, 8)}`;
    const file = `/var/log/app/${host}.log`;
    const text =
      failure === undefined
        ? `INFO request ${offset} served in ${random.between(1, 900)} ms`
        : `ERROR integrity failure in module ${failure} request ${offset}`;
    const at = new Date().toISOString();
    const document = {
      '@timestamp': at,
      message: `${at} ${text}`,
      log: { offset, file: { path: file } },
      host: { name: host },
      service: { name: 'shop' },
      fields: { log_type: 'app' },
      ecs: { version: '8.0.0' },
    };
    offset += 1;
    return { record: { topic: 'logs.app', key: file, value: JSON.stringify(document) }, failure };
  }

  async function loop(): Promise<void> {
    const slice = Math.max(1, Math.round(options.linesPerSecond / 10));
    let next = Date.now();
    while (!isStopped) {
      if (gate !== undefined) {
        await gate.opened;
        next = Date.now();
      }
      const lines = Array.from({ length: slice }, nextLine);
      for (const { failure } of lines)
        if (failure !== undefined && !truth.firstSent.has(failure)) truth.firstSent.set(failure, Date.now());
      writing = writer.write(lines.map((line) => line.record));
      await writing;
      truth.lines += lines.length;
      for (const { failure } of lines)
        if (failure !== undefined) truth.failures.set(failure, (truth.failures.get(failure) ?? 0) + 1);
      next += 100;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
    }
  }

  const running = loop();
  return {
    truth,
    async pause() {
      if (gate === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        gate = { opened: promise, open: resolve };
      }
      await writing;
    },
    resume() {
      gate?.open();
      gate = undefined;
    },
    async stop() {
      isStopped = true;
      gate?.open();
      await running;
    },
  };
}
