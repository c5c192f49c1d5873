import { z } from 'zod';

/**
 * What the stand-in does instead of answering as it should. `accepted` faults take the card into the group and then spoil the
 * answer; the others do not.
 * - `status`: this HTTP status with an HTML body, as a gateway has it; 429 with `x-ogw-ratelimit-reset`.
 * - `code`: HTTP 200 (400 for 9499) with this code.
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
  z.strictObject({ kind: z.literal('code'), code: z.int(), msg: z.string().optional() }),
  z.strictObject({ kind: z.literal('garbage') }),
  z.strictObject({ kind: z.literal('empty') }),
  z.strictObject({ kind: z.literal('slow'), ms: z.int().min(0) }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ kind: z.literal('lost-answer') }),
]);
export type Fault = z.infer<typeof Fault>;

/** Faults to come: for a number of requests, or until changed. */
export class FaultScript {
  #queue: Fault[] = [];
  #standing: Fault | undefined;

  next(fault: Fault, requests: number): void {
    for (let index = 0; index < requests; index++) this.#queue.push(fault);
  }

  always(fault: Fault | undefined): void {
    this.#standing = fault;
    if (fault === undefined) this.#queue = [];
  }

  take(): Fault | undefined {
    return this.#queue.shift() ?? this.#standing;
  }
}
