import type { Logger } from 'pino';
import { FolderInUse } from '#shared/bus/embedded/lock.ts';
import type { Bus } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { openBus, openStoreForReading } from '#shared/lifecycle/index.ts';
import type { StoreReader } from '#shared/store/port.ts';
import type { Answer, Check, Part, Setting, Status } from './check.ts';
import { checks } from './checks/index.ts';

/** An answer with where it belongs. */
export interface Report extends Answer {
  /** Name of the check, for `--only`. */
  readonly check: string;
  readonly part: Part;
  /** False where it is bad. */
  readonly ok: boolean;
}

export interface ExamineOptions {
  readonly logger: Logger;
  /** Names of checks; all that apply where absent. */
  readonly only?: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** What one check may take at most, in milliseconds. */
const patienceMs = 25_000;

/** Names that `only` takes. */
export const checkNames: readonly string[] = checks.map(({ name }) => name);

/**
 * Asks everything that this configuration has how it is, all at once. The configuration itself has been read by then. A check that
 * may not look, or takes too long, says so; none rejects for what it finds.
 */
export async function examine(
  config: Config,
  { logger, only, clock = Date.now }: ExamineOptions,
): Promise<Report[]> {
  const chosen = checks.filter(
    ({ name, applies }) => (only?.includes(name) ?? true) && (applies?.(config) ?? true),
  );
  await using opened = new Opened(config, logger);
  const setting: Setting = {
    ...{ config, logger, clock },
    bus: () => opened.bus(),
    store: () => opened.store(),
  };
  const answers = await Promise.all(
    chosen.map(async (check) =>
      (await inTime(check, setting)).map((answer) => ({
        ...answer,
        ok: answer.status !== 'bad',
        ...{ check: check.name, part: check.part },
      })),
    ),
  );
  return answers.flat();
}

async function inTime(check: Check, setting: Setting): Promise<Answer[]> {
  const { promise: late, resolve } = Promise.withResolvers<Answer[]>();
  const timer = setTimeout(
    () => resolve([couldNot(check, 'unknown', `no answer within ${patienceMs / 1000} s`)]),
    patienceMs,
  );
  try {
    return await Promise.race([check.ask(setting), late]);
  } catch (error) {
    if (error instanceof FolderInUse)
      return [
        couldNot(check, 'unknown', 'the process that runs has the bus; stop it to look, or see its metrics'),
      ];
    if (!(error instanceof LogpatrolError)) throw error;
    return [couldNot(check, isAboutTheBus(check) ? 'bad' : 'unknown', whyNot(error))];
  } finally {
    clearTimeout(timer);
  }
}

/** The check that tells for all others that the bus cannot be opened. */
function isAboutTheBus({ name }: Check): boolean {
  return name === 'bus';
}

function couldNot({ name, anchors }: Check, status: Status, detail: string): Answer {
  const [anchor] = anchors;
  return { name, status, detail, ...(anchor !== undefined && status === 'bad' && { anchor }) };
}

/** What a far side says to who lacks a right: Elasticsearch by its status, Kafka by its error. */
const refusal = /answered 40[13]|AUTHORIZATION_FAILED|not authorized|refused to /i;

function whyNot(error: LogpatrolError): string {
  const why = messageOf(error);
  return refusal.test(why) ? `not allowed to look: ${why}` : `could not look: ${why}`;
}

/** The bus and the store, opened when they are wanted first and closed together. */
class Opened implements AsyncDisposable {
  readonly #config: Config;
  readonly #logger: Logger;
  #bus: Promise<Bus> | undefined;
  #store: Promise<StoreReader> | undefined;

  constructor(config: Config, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
  }

  bus(): Promise<Bus> {
    this.#bus ??= openBus(this.#config, { logger: this.#logger, observer: {}, name: 'doctor' });
    return this.#bus;
  }

  store(): Promise<StoreReader> {
    this.#store ??= openStoreForReading(this.#config, { logger: this.#logger });
    return this.#store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closing = [this.#bus, this.#store].map(async (opening) => {
      try {
        await (await opening)?.close();
      } catch {
        // It was never opened: whoever wanted it has told why.
      }
    });
    await Promise.all(closing);
  }
}
