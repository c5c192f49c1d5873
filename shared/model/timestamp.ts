import { z } from 'zod';

/**
 * A moment on the wire: ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it.
 * In memory a moment is a number of milliseconds since the epoch.
 */
export const Timestamp = z.iso.datetime();
export type Timestamp = z.infer<typeof Timestamp>;
