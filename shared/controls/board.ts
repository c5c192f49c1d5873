import type { Logger } from 'pino';
import type { Bus } from '#shared/bus/port.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { Control, Preference } from '#shared/model/index.ts';
import { type ControlState, readControls } from './read-controls.ts';

export interface BoardOptions {
  readonly bus: Bus;
  readonly logger: Logger;
  /** Between two looks at the topic. Default: a second. */
  readonly pollMs?: number;
}

/**
 * So many looks at what is new, then one at everything: a tombstone that was compacted away while the bus was out of reach, or a
 * topic that was made anew, is noticed then.
 */
const wholeEvery = 600;

/** Every control and preference that there is, as stages that need them see them: by level, so they ask `all()` whenever they judge. */
export interface ControlBoard {
  /** Those that have expired, or are yet to begin, included. The same array until something changes. */
  all(): readonly Control[];
  /** What people and teams want to be told of, by their keys. The same map until something changes. */
  preferences(): ReadonlyMap<string, Preference>;
  /** Rises with each change. */
  readonly version: number;
  /** Looks no more. A look that is under way is not waited for: a bus that is away could hold it up for long. */
  close(): void;
}

/**
 * Reads the topic `controls` whole, and from then on looks every second for what is new. Where the bus is out of reach later,
 * the board keeps what it has, says so once in the log, and goes on looking.
 *
 * @throws LogpatrolError `unreachable` where the bus does not answer at first: a stage must not begin to tell what is muted
 */
export async function openControlBoard(options: BoardOptions): Promise<ControlBoard> {
  const { state } = await readControls(options.bus, options.logger);
  return new PolledBoard(options, state);
}

class PolledBoard implements ControlBoard {
  readonly #options: BoardOptions;
  #state: ControlState;
  #all: readonly Control[];
  #preferences: ReadonlyMap<string, Preference>;
  #version = 1;
  #looks = 0;
  #isAway = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BoardOptions, state: ControlState) {
    this.#options = options;
    this.#state = state;
    this.#all = [...state.controls.values()];
    this.#preferences = new Map(state.preferences);
    this.#schedule();
  }

  all(): readonly Control[] {
    return this.#all;
  }

  preferences(): ReadonlyMap<string, Preference> {
    return this.#preferences;
  }

  get version(): number {
    return this.#version;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#lookAgain().finally(() => this.#schedule());
    }, this.#options.pollMs ?? 1000);
  }

  async #lookAgain(): Promise<void> {
    const { bus, logger } = this.#options;
    this.#looks += 1;
    try {
      const isWhole = this.#isAway || this.#looks % wholeEvery === 0;
      const { state, changed } = await readControls(bus, logger, isWhole ? undefined : this.#state);
      if (this.#isAway) logger.info('controls: the bus answers again');
      this.#isAway = false;
      this.#state = state;
      if (changed || isWhole) this.#put(state);
    } catch (thrown) {
      // While it is closed under us the bus may say anything.
      if (this.#isAway || this.#isClosed) return;
      this.#isAway = true;
      logger.warn(`controls cannot be read, those known stay in force: ${messageOf(thrown)}`);
    }
  }

  #put({ controls, preferences }: ControlState): void {
    const all = [...controls.values()];
    const isSame =
      JSON.stringify(all) === JSON.stringify(this.#all) &&
      JSON.stringify([...preferences]) === JSON.stringify([...this.#preferences]);
    if (isSame) return;
    this.#all = all;
    this.#preferences = new Map(preferences);
    this.#version += 1;
  }
}
