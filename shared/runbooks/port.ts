import type { FoundRunbook, Severity } from '#shared/model/index.ts';

/** One runbook, as its file has it. */
export interface Runbook {
  /** Its file's name without `.md`. */
  readonly name: string;
  readonly path: string;
  readonly title: string;
  readonly services: readonly string[];
  readonly rules: readonly string[];
  readonly tags: readonly string[];
  readonly severity: Severity | undefined;
  readonly owner: string | undefined;
  /** ISO 8601 day. */
  readonly updated: string | undefined;
  readonly sections: readonly RunbookSection[];
}

/** What stands between one heading and the next. A long one is in several parts of the same heading. */
export interface RunbookSection {
  /** The heading, with the one above it where it is of the third level (`检查 / 网络`); '' for what stands before the first. */
  readonly heading: string;
  /** Markdown, without the heading. */
  readonly text: string;
  /** Where it begins in its file, from 1. */
  readonly line: number;
}

/** What runbooks are looked for with. */
export interface RunbookQuery {
  /** Words as people or logs have them: a title, log lines, a symptom. */
  readonly text: string;
  /** The runbook that the rule names: its sections come first, whatever the words say. */
  readonly named?: string | undefined;
  readonly rule?: string | undefined;
  readonly service?: string | undefined;
  readonly limit: number;
}

/** A section that was found, with its text, and why it was found. */
export interface RunbookHit extends FoundRunbook {
  readonly path: string;
  /** Where the section begins in its file, from 1. */
  readonly line: number;
  readonly text: string;
  /** What of the query it has, as far as words were compared, most telling first. */
  readonly terms: readonly string[];
  /** Cosine similarity of the embeddings; absent where none took part. */
  readonly similarity?: number;
}

/** Turns texts into vectors of unit length, all of the same dimension. */
export interface Embedder {
  /** Name, and digest where it is known, of the model: vectors of different models are never compared. */
  readonly id: string;
  /** In the order given. Rejects where there is no model to do it. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<number[][]>;
}

/** All runbooks there are, at their newest. */
export interface Runbooks {
  all(): readonly Runbook[];
  /** By words alone, at once. */
  find(query: RunbookQuery): RunbookHit[];
  /** By words, and by meaning where an embedding model answers; by words alone where it does not, or not in time. */
  search(query: RunbookQuery, signal: AbortSignal): Promise<RunbookHit[]>;
  close(): Promise<void>;
}
