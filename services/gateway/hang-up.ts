import type { Context } from 'hono';

/** Whether a request failed because whoever sent it hung up in the middle: nobody hears the answer, and nothing is wrong here. */
export function isHangUp({ req }: Context): boolean {
  return req.raw.signal.aborted;
}
