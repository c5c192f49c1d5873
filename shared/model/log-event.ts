import { z } from 'zod';

/**
 * One log line on `logs.<type>`: an ECS document as Filebeat writes it. Everything is optional but the object itself, for
 * Filebeat's ndjson parser can leave `message` out and other shippers leave out more; unknown fields pass through untouched.
 */
export const LogEvent = z.looseObject({
  '@timestamp': z.string().optional(),
  message: z.string().optional(),
  log: z
    .looseObject({
      offset: z.number().optional(),
      level: z.string().optional(),
      file: z
        .looseObject({ path: z.string().optional(), inode: z.union([z.string(), z.number()]).optional() })
        .optional(),
      flags: z.array(z.string()).optional(),
    })
    .optional(),
  host: z.looseObject({ name: z.string().optional() }).optional(),
  service: z.looseObject({ name: z.string().optional() }).optional(),
  event: z.looseObject({ id: z.string().optional(), dataset: z.string().optional() }).optional(),
  fields: z.looseObject({ log_type: z.string().optional(), service: z.string().optional() }).optional(),
  tags: z.array(z.string()).optional(),
});
export type LogEvent = z.infer<typeof LogEvent>;
