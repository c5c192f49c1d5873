import type { Config } from '#shared/config/index.ts';
import type { Conclusion, Control, Finding, Incident, RelatedIncident } from '#shared/model/index.ts';
import { factsOf, VerdictCache } from './cache.ts';
import type { ContextSources, Known, Neighbour } from './context.ts';
import type { ReasoningModel } from './model.ts';
import { Neighbours } from './neighbours.ts';
import { shapeOf } from './shape.ts';

/** Bound of what the model has said and might be taken over, in bytes. */
const cacheBytes = 8 * 1024 * 1024;

/** What one partition knows of an incident besides itself: its neighbours, what sources say, and what the model said before. */
export class Beside {
  readonly #config: Pick<Config, 'language' | 'reasoning'>;
  readonly #sources: ContextSources;
  readonly #model: ReasoningModel | undefined;
  readonly #neighbours = new Neighbours();
  readonly #cache: VerdictCache;
  readonly #takenOver: () => void;
  #controls: readonly Control[] | undefined;

  /** @param takenOver told of each conclusion that is taken over */
  constructor(
    config: Pick<Config, 'language' | 'reasoning'>,
    sources: ContextSources,
    model: ReasoningModel | undefined,
    takenOver: () => void,
  ) {
    this.#config = config;
    this.#sources = sources;
    this.#model = model;
    this.#takenOver = takenOver;
    const keepMs = config.reasoning.cacheMinutes * 60_000;
    this.#cache = new VerdictCache({ maxBytes: cacheBytes, keepMs });
  }

  take(incident: Incident): void {
    this.#neighbours.take(incident);
  }

  end(id: string): void {
    this.#neighbours.end(id);
  }

  /** The controls as they are now; the same array until they change. */
  heed(controls: readonly Control[]): void {
    if (controls === this.#controls) return;
    this.#controls = controls;
    this.#cache.heed(controls);
  }

  restore({ conclusion, ...finding }: Finding): void {
    if (conclusion === undefined) return;
    this.#cache.put(finding.id, factsOf(finding), conclusion, Date.parse(conclusion.answeredAt));
  }

  /** What the model said of an incident, to be taken over by those that look alike. */
  remember(incident: Incident, conclusion: Conclusion, now: number): void {
    this.#cache.put(incident.id, factsOf(incident), conclusion, now);
  }

  /** What the model said of the same failure in the same shape. */
  recall(incident: Incident, now: number): Conclusion | undefined {
    if (!this.#cache.knows(incident.fingerprint)) return undefined;
    const known = this.#cache.get(this.shapeOf(incident), factsOf(incident), now);
    if (known !== undefined) this.#takenOver();
    return known;
  }

  shapeOf(incident: Incident): string {
    return shapeOf(incident, {
      neighbours: this.neighboursOf(incident),
      hardware: this.hardwareOf(incident),
      language: this.#config.language,
      model: this.#model?.name ?? '',
      digest: this.#model?.digest,
    });
  }

  known(incident: Incident): Known {
    return this.#sources.known(incident);
  }

  neighboursOf(incident: Incident): Neighbour[] {
    return this.#neighbours.of(incident);
  }

  hardwareOf(incident: Incident): RelatedIncident | undefined {
    return this.#neighbours.hardwareOf(incident);
  }
}
