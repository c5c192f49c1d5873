import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Refusal } from './protocol.ts';

/** A model that has been pulled. */
export interface ModelSpec {
  readonly name: string;
  /** What `/api/show` says; default `completion`. */
  readonly capabilities?: readonly string[];
  /** The longest context that it was made for; more is cut to it when it is loaded. Default 40,960. */
  readonly contextLength?: number;
  /** How long it takes to load, in milliseconds. Default 0. */
  readonly loadMs?: number;
  /** Numbers in its vectors, where it makes embeddings. Default 64. */
  readonly dimension?: number;
  /** It refuses the parameter `think` whatever its value, as some do. */
  readonly refusesThink?: boolean;
}

const defaultKeepAliveMs = 5 * 60_000;
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** How long a model stays in memory: Go's durations, or seconds; negative for ever. @throws Refusal 400 */
export function keepAliveMs(value: string | number | undefined): number {
  if (value === undefined) return defaultKeepAliveMs;
  if (typeof value === 'number') return value < 0 ? Number.POSITIVE_INFINITY : value * 1000;
  if (!/^-?(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$|^-?0$/.test(value))
    throw new Refusal(400, `time: invalid duration "${value}"`);
  if (value.startsWith('-')) return Number.POSITIVE_INFINITY;
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0),
    0,
  );
}

interface Loaded {
  readonly context: number;
  readonly ready: Promise<unknown>;
  expiresAt: number;
}

/** The models of one server, and which of them are in memory. */
export class Models {
  readonly #specs: Map<string, ModelSpec>;
  readonly #versions = new Map<string, number>();
  readonly #loaded = new Map<string, Loaded>();
  #loads = 0;

  constructor(specs: readonly (string | ModelSpec)[]) {
    this.#specs = new Map(
      specs
        .map((spec) => (typeof spec === 'string' ? { name: spec } : spec))
        .map((spec) => [spec.name, spec]),
    );
  }

  /** How often a model has been loaded. */
  get loads(): number {
    return this.#loads;
  }

  /** @throws Refusal 400 or 404 */
  spec(name: string): ModelSpec {
    if (name === '') throw new Refusal(400, 'model is required');
    const spec = this.#specs.get(name) ?? this.#specs.get(`${name}:latest`);
    if (spec === undefined) throw new Refusal(404, `model '${name}' not found`);
    return spec;
  }

  /** Another version of it is pulled: it has another digest, and is loaded anew. */
  replace(name: string): void {
    this.#versions.set(name, (this.#versions.get(name) ?? 0) + 1);
    this.#loaded.delete(name);
  }

  remove(name: string): void {
    this.#specs.delete(name);
    this.#loaded.delete(name);
  }

  unload(name: string): void {
    this.#loaded.delete(name);
  }

  /** The context that it is loaded with where so much is asked for: what it was made for at the most. */
  contextOf(spec: ModelSpec, wanted: number): number {
    return Math.min(wanted, contextLength(spec));
  }

  /**
   * Has it in memory with this context, and says how many milliseconds that took. One that is in memory with another context is
   * loaded anew.
   */
  async load(spec: ModelSpec, context: number, keepAlive: number, gone: AbortSignal): Promise<number> {
    const started = performance.now();
    let loaded = this.#inMemory(spec.name);
    if (loaded?.context !== context) {
      this.#loads += 1;
      // A load goes on though nobody waits for it any more.
      loaded = { context, ready: delay(spec.loadMs ?? 0), expiresAt: Number.POSITIVE_INFINITY };
      this.#loaded.set(spec.name, loaded);
    }
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(new Error('the client has gone'));
    gone.addEventListener('abort', leave, { once: true });
    try {
      await Promise.race([loaded.ready, left.promise]);
    } finally {
      gone.removeEventListener('abort', leave);
    }
    loaded.expiresAt = performance.now() + keepAlive;
    return performance.now() - started;
  }

  describe() {
    return [...this.#specs.values()].map((spec) => this.#describe(spec));
  }

  show(name: string) {
    const spec = this.spec(name);
    return {
      details: this.#describe(spec).details,
      model_info: {
        'general.architecture': 'standin',
        'standin.context_length': contextLength(spec),
        'standin.embedding_length': spec.dimension ?? 64,
      },
      capabilities: spec.capabilities ?? ['completion'],
    };
  }

  inMemory() {
    return [...this.#specs.values()].flatMap((spec) => {
      const loaded = this.#inMemory(spec.name);
      return loaded === undefined ? [] : [{ ...this.#describe(spec), context_length: loaded.context }];
    });
  }

  #inMemory(name: string): Loaded | undefined {
    const loaded = this.#loaded.get(name);
    if (loaded !== undefined && loaded.expiresAt <= performance.now()) this.#loaded.delete(name);
    return this.#loaded.get(name);
  }

  #describe({ name }: ModelSpec) {
    return {
      name,
      model: name,
      modified_at: '2026-01-01T00:00:00Z',
      size: 5_000_000_000,
      digest: createHash('sha256')
        .update(`${name} ${this.#versions.get(name) ?? 0}`)
        .digest('hex'),
      details: { format: 'gguf', family: 'standin', parameter_size: '8.2B', quantization_level: 'Q4_K_M' },
    };
  }
}

function contextLength({ contextLength: length = 40_960 }: ModelSpec): number {
  return length;
}
