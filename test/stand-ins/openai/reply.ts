/** What the server does with one request. */
export type Reply =
  | {
      readonly kind: 'answer';
      /** Written as JSON; where the request binds it to a schema it must conform. A string is said as it is where nothing binds it. */
      readonly answer: unknown;
      readonly reasoning?: string;
      readonly delayMs?: number;
    }
  | { readonly kind: 'rate-limited'; readonly retryAfter?: string }
  | { readonly kind: 'error'; readonly status: number }
  /** A gateway in front of it that answers with a page. */
  | { readonly kind: 'gateway-page' }
  | { readonly kind: 'filtered' }
  /** Never answers; ends when the client goes. */
  | { readonly kind: 'hang' };
