import type { Bmc } from '../../inspection.ts';
import { Schedule } from '../schedule.ts';

/** Servers `bmc-0`, `bmc-1`, … */
export function bmcs(count: number, over: Partial<Bmc> = {}): Bmc[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `bmc-${index}`,
    host: `10.0.0.${index}`,
    port: 623,
    hostName: `machine-${index}`,
    group: undefined,
    user: 'logpatrol',
    password: async () => 'secret',
    cipherSuite: 3,
    privilege: 'user',
    tool: 'ipmitool',
    intervalSeconds: 30,
    maxRetries: 2,
    timeoutSeconds: 20,
    ...over,
  }));
}

export interface FleetOptions {
  readonly servers: readonly Bmc[];
  readonly concurrency: number;
  readonly isDead: (index: number) => boolean;
  readonly tookMs: (index: number) => number;
  /** False: times vary by a third, up and down. */
  readonly isSteady: boolean;
}

/** What it takes to kill one that has hung. */
const killMs = 500;
const stepMs = 20;
const tickMs = 1000;

/** Servers in simulated time under a schedule, as the stage drives it: at each tick and at each end of a poll. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #schedule: Schedule;
  readonly #answers = new Map<number, number[]>();
  readonly #tries = new Map<number, number>();
  #seed = 1;
  mostRunning = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#schedule = new Schedule({
      concurrency: options.concurrency,
      backoffMaxMs: 600_000,
      random: () => this.#random(),
    });
    this.#schedule.update(options.servers, 0);
  }

  run(forMs: number): this {
    let underWay: { at: number; index: number; answers: boolean }[] = [];
    for (let now = 0; now < forMs; now += stepMs) {
      const done = underWay.filter(({ at }) => at <= now);
      if (done.length > 0) underWay = underWay.filter(({ at }) => at > now);
      for (const { index, answers } of done) {
        this.#schedule.end(`bmc-${index}`, answers ? 'answered' : 'failed', now);
        if (answers) this.#answers.set(index, [...(this.#answers.get(index) ?? []), now]);
      }
      if (done.length === 0 && now % tickMs !== 0) continue;
      for (const { bmc, timeoutMs } of this.#schedule.start(now)) {
        const index = Number(bmc.name.slice('bmc-'.length));
        this.#tries.set(index, (this.#tries.get(index) ?? 0) + 1);
        const tookMs = this.#tookMs(index);
        const answers = tookMs <= timeoutMs;
        underWay.push({ at: now + (answers ? tookMs : timeoutMs + killMs), index, answers });
      }
      this.mostRunning = Math.max(this.mostRunning, this.#schedule.running);
    }
    return this;
  }

  /** From one answer of a live server to its next. */
  longestGapMs(): number {
    const gaps = [...this.#answers.values()].flatMap((answers) =>
      answers.slice(1).map((at, index) => at - (answers[index] ?? at)),
    );
    return Math.max(...gaps);
  }

  lastFirstAnswerMs(): number {
    return Math.max(...[...this.#answers.values()].map(([first = 0]) => first));
  }

  /** How often each of the live ones has answered since then. */
  answersSince(since: number): number[] {
    return [...this.#answers.values()].map((answers) => answers.filter((at) => at >= since).length);
  }

  triesOfDead(): number[] {
    return [...this.#tries].filter(([index]) => this.#options.isDead(index)).map(([, tries]) => tries);
  }

  #tookMs(index: number): number {
    const { isDead, tookMs, isSteady } = this.#options;
    if (isDead(index)) return Number.POSITIVE_INFINITY;
    return tookMs(index) * (isSteady ? 1 : 2 / 3 + (2 / 3) * this.#random());
  }

  /** Park and Miller's generator: the same at each run. */
  #random(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }
}
