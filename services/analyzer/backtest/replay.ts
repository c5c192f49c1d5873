import type { BusRecord } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { type Correlator, finishedLogsCorrelator } from '../correlate/index.ts';
import { createDetector, type Detector, inTimeOrder } from '../detect/index.ts';
import type { RuleSet } from '../detect/rules/index.ts';
import { findingOf } from '../reason/index.ts';
import { Ledger } from './ledger.ts';

/**
 * Steps of the replayed clock between lines, in milliseconds: the longest after which a correlator still takes itself for one that
 * has been watching all the time. A service ticks each second; over days of silence that would cost more than the lines.
 */
const tickMs = 10_000;

/**
 * One set of rules over lines of the past, with the functions of the service. The clock is that of the lines: each arrives when it
 * was shipped, and between lines time goes on, so that incidents become quiet and reopen as they did.
 */
export class Replay {
  readonly ledger = new Ledger();
  readonly #config: Config;
  readonly #rules: RuleSet;
  readonly #detectors = new Map<string, Detector>();
  readonly #correlators = new Map<string, Correlator>();
  #clock: number | undefined;

  constructor(config: Config, rules: RuleSet) {
    this.#config = config;
    this.#rules = rules;
  }

  /**
   * Lines of one type, in the order in which they came.
   *
   * @param now when the last of them came, in milliseconds since the epoch; never earlier than before
   */
  take(type: string, records: readonly BusRecord[], now: number): void {
    this.advance(now);
    const { signals, clears } = this.#detectorOf(type).detect(records, now);
    for (const hit of signals) this.ledger.addHit(hit);
    for (const signal of inTimeOrder(signals, clears)) {
      const correlator = this.#correlatorOf(signal.domain);
      if (signal.kind === 'hit') correlator.fold(signal, now);
      else correlator.clear(signal);
    }
  }

  /** Lets time go on to this moment, in milliseconds since the epoch. */
  advance(to: number): void {
    let clock = this.#clock ?? to;
    for (; clock + tickMs <= to; clock += tickMs) {
      // Where there is no incident there is no deadline.
      if (!this.#isBusy()) clock = Math.max(clock, to - tickMs);
      this.#tick(clock + tickMs);
    }
    this.#clock = clock;
  }

  /** Takes down what has become of the lines, now that there are no more. */
  settle(now: number): void {
    this.advance(now);
    for (const correlator of this.#correlators.values()) correlator.decide(now);
    this.#tick(now);
  }

  #tick(now: number): void {
    for (const correlator of this.#correlators.values()) {
      correlator.tick(now, true);
      for (const incident of correlator.take(now))
        if (incident.state !== 'pending')
          this.ledger.addFinding(
            findingOf(incident, { now, language: this.#config.language, reasoning: 'off' }),
          );
      correlator.takeForgotten();
    }
  }

  #isBusy(): boolean {
    for (const correlator of this.#correlators.values()) {
      const { pending, open, resolved } = correlator.size();
      if (pending + open + resolved > 0) return true;
    }
    return false;
  }

  #detectorOf(type: string): Detector {
    const known = this.#detectors.get(type);
    if (known !== undefined) return known;
    const detector = createDetector({
      rules: this.#rules,
      type,
      packs: this.#config.routes[type]?.packs,
      domains: this.#config.domains,
    });
    this.#detectors.set(type, detector);
    return detector;
  }

  #correlatorOf(name: string): Correlator {
    const known = this.#correlators.get(name);
    if (known !== undefined) return known;
    const correlator = finishedLogsCorrelator(this.#config, name);
    this.#correlators.set(name, correlator);
    return correlator;
  }
}
