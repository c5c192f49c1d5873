/** What the model does with one request. */
export type Reply =
  | {
      readonly kind: 'answer';
      /** Written as JSON; where the request carries a schema it must conform, for the real grammar lets nothing else out. */
      readonly answer: unknown;
      /** What it thinks although it may not: it counts as output. */
      readonly thinking?: string;
      /** Where the thinking goes: the message's own field (default), or `<think>` tags in the content. */
      readonly thinkingIn?: 'field' | 'content';
      /** White space between the tokens, which the grammar lets a model emit without end. */
      readonly blanks?: number;
      readonly delayMs?: number;
    }
  | { readonly kind: 'runner-death'; readonly delayMs?: number }
  /** The connection ends in the middle of a stream. */
  | { readonly kind: 'broken-stream' }
  | { readonly kind: 'queue-full' }
  /** A proxy in front of it that answers with a page. */
  | { readonly kind: 'proxy-error' }
  /** Never answers; ends when the client goes. */
  | { readonly kind: 'hang' };
