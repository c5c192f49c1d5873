import type { KnownKind } from './history.ts';
import { Kind } from './kind.ts';

/** What is known of two kinds whose templates have become one. */
export function unitedKinds(a: KnownKind, b: KnownKind): KnownKind {
  const kind = Kind.restore(a.baseline);
  kind.absorb(Kind.restore(b.baseline));
  return { entry: 'kind', baseline: kind.state(), ...joined(a, b) };
}

/** In how many samples either of two was is not known: at least in so many. */
export function joined(a: Occurrence, b: Occurrence): Occurrence {
  return {
    samples: Math.max(a.samples, b.samples),
    least: Math.min(a.least, b.least),
    most: a.most + b.most,
  };
}

/** Lines of one kind, or of a whole service, in the samples. */
export type Occurrence = Pick<KnownKind, 'samples' | 'least' | 'most'>;
