/** One question to a model. */
export interface ModelRequest {
  readonly system: string;
  readonly prompt: string;
  /** JSON schema of the answer, every string, array and number of it bounded. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly maxOutputTokens: number;
}

/** What came of it. Nothing is thrown: each way to fail asks for something else of the caller. */
export type ModelReply =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly model: string;
      readonly promptTokens: number;
      readonly outputTokens: number;
    }
  /** The answer reached its limit and is not whole. */
  | { readonly kind: 'cut' }
  /** The prompt does not fit the context window. */
  | { readonly kind: 'too-long' }
  /** There is nobody to answer: not reachable, no such model, too busy. Others will fare alike. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** This call failed: runner died, took too long, refused. Another may succeed. */
  | { readonly kind: 'failed'; readonly reason: string };

/** A language model that answers in JSON. */
export interface ReasoningModel {
  readonly name: string;
  /** Its context window in tokens, shared by prompt and answer. */
  readonly contextTokens: number;
  complete(request: ModelRequest, signal: AbortSignal): Promise<ModelReply>;
}
