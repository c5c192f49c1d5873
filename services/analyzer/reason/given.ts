import type { EvidenceLine, RunbookRef } from '#shared/model/index.ts';

/** What the model may cite, by the label that it has in the prompt. */
export interface Given {
  /** `L1`, `L2` … */
  readonly lines: ReadonlyMap<string, EvidenceLine>;
  /** `R1`, `R2` … */
  readonly runbooks: ReadonlyMap<string, RunbookRef>;
}

/** Takes out of a text what must not leave the process, and puts back into the answer what people may see. */
export interface Masker {
  /** The same value always becomes the same placeholder. */
  mask(text: string): string;
  restore(text: string): string;
}
