import { z } from 'zod';

/**
 * What the stand-in does instead of answering as it should. `accepted` faults take the card into the group and then spoil the
 * answer; the others do not.
 * - `status`: this HTTP status with an HTML body, as a gateway has it; 429 with `x-ogw-ratelimit-reset`.
 * - `code`: HTTP 200 (400 for 9499, and for the API of apps) with this code; with `resetSeconds` HTTP 429 and the header.
 * - `garbage`, `empty`: HTTP 200 with a body that says nothing.
 * - `slow`: the right answer, after `ms`.
 * - `hang`: never an answer. `reset`: the connection is cut.
 * - `lost-answer`: accepted, and then the connection is cut before the answer.
 */
export const Fault = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(300).max(599),
    resetSeconds: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal('code'),
    code: z.int(),
    msg: z.string().optional(),
    resetSeconds: z.number().optional(),
  }),
  z.strictObject({ kind: z.literal('garbage') }),
  z.strictObject({ kind: z.literal('empty') }),
  z.strictObject({ kind: z.literal('slow'), ms: z.int().min(0) }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ kind: z.literal('lost-answer') }),
]);
export type Fault = z.infer<typeof Fault>;

/** What a request is for: the custom bot, or one of the APIs of apps. */
export const Api = z.enum(['bot', 'token', 'create', 'reply', 'update', 'history', 'endpoint']);
export type Api = z.infer<typeof Api>;

/** Faults to come: for a number of requests, or until changed; of one API, or of any. */
export class FaultScript {
  #queue: { readonly fault: Fault; readonly api: Api | undefined }[] = [];
  #standing: { readonly fault: Fault; readonly api: Api | undefined } | undefined;

  next(fault: Fault, requests: number, api?: Api): void {
    for (let index = 0; index < requests; index++) this.#queue.push({ fault, api });
  }

  always(fault: Fault | undefined, api?: Api): void {
    this.#standing = fault && { fault, api };
    if (fault === undefined) this.#queue = [];
  }

  take(api: Api): Fault | undefined {
    const index = this.#queue.findIndex((next) => next.api === undefined || next.api === api);
    if (index >= 0) return this.#queue.splice(index, 1)[0]?.fault;
    const standing = this.#standing;
    return standing?.api === undefined || standing.api === api ? standing?.fault : undefined;
  }
}
