/** One question to a model. */
export interface ModelRequest {
  readonly system: string;
  readonly prompt: string;
  /** JSON schema of the answer, every string, array and number of it bounded. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly maxOutputTokens: number;
}

/** There is nobody to answer: not reachable, no such model, too busy. Others will fare alike. */
export interface Absent {
  readonly kind: 'absent';
  readonly reason: string;
  /** It will stay so until a person does something: a wrong key, a model that is not there. */
  readonly isPermanent?: true;
}

/** This call failed: runner died, took too long, refused. Another may succeed. */
export interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
}

/** What came of it. Nothing is thrown: each way to fail asks for something else of the caller. */
export type ModelReply =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly model: string;
      /** Digest of the model's weights, or what else the server has to tell one state of it from another. */
      readonly digest?: string;
      readonly promptTokens: number;
      readonly outputTokens: number;
    }
  /** The answer reached its limit and is not whole. */
  | { readonly kind: 'cut'; readonly promptTokens: number; readonly outputTokens: number }
  /** The prompt does not fit the context window. */
  | { readonly kind: 'too-long' }
  | Absent
  | Failed;

/** A language model that answers in JSON. */
export interface ReasoningModel {
  readonly name: string;
  /** See `ModelReply`; undefined until it is known, or where the server tells none. */
  readonly digest: string | undefined;
  /** Its context window in tokens, shared by prompt and answer: what is configured, or less where the model has less. */
  readonly contextTokens: number;
  complete(request: ModelRequest, signal: AbortSignal): Promise<ModelReply>;
  /**
   * Makes it ready: has it loaded, and reads its limits and its digest. Can take minutes; `complete` does without, and then
   * waits for the load itself.
   */
  prepare(signal: AbortSignal): Promise<{ readonly kind: 'ready' } | Absent | Failed>;
}
