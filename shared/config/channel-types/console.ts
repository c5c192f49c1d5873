import { z } from 'zod';
import { common } from './shared.ts';

/** The process's own standard output. */
export const settings = z.strictObject({ type: z.literal('console'), ...common });
