import { z } from 'zod';
import { plainUrl, seconds } from './values.ts';

const contextTokens = z
  .number()
  .int()
  .min(2048)
  .max(262_144)
  .default(8192)
  .describe('The context window asked for, in tokens; prompts are cut to it.');
const modelTimeout = seconds(1, 1800, 120).describe('A call that takes longer is given up.');

/** A model behind Ollama. */
export const OllamaConfig = z.strictObject({
  url: plainUrl,
  model: z.string().min(1),
  embeddingModel: z
    .string()
    .min(1)
    .optional()
    .describe('Finds runbooks by meaning too; without it by their words alone.'),
  contextTokens,
  timeoutSeconds: modelTimeout,
});

/** A model behind an OpenAI-compatible server. */
export const OpenaiConfig = z.strictObject({
  url: plainUrl.describe('Base address of any OpenAI-compatible server, up to and with `/v1`.'),
  model: z.string().min(1),
  apiKey: z.string().min(1).optional(),
  contextTokens,
  timeoutSeconds: modelTimeout,
});

/** How the model is asked, whichever it is. */
export const ReasoningConfig = z.strictObject({
  concurrency: z.number().int().min(1).max(32).default(2).describe('Calls of the model under way at once.'),
  holdSeconds: z
    .strictObject({
      critical: seconds(0, 600, 5),
      warning: seconds(0, 600, 20),
      info: seconds(0, 600, 60),
    })
    .prefault({})
    .describe('How long a finding is held for the model, by severity; past it it goes out on rules alone.'),
  contextSeconds: seconds(0.1, 30, 2).describe('How long is waited for stored lines and the inventory.'),
  surroundingLines: z
    .number()
    .int()
    .min(0)
    .max(500)
    .default(60)
    .describe('Stored lines of the same service and host that the model is shown; 0 for none.'),
  surroundingMinutes: z.number().min(0.1).max(120).default(5).describe('From so long before the first line.'),
  cacheMinutes: z
    .number()
    .min(0)
    .max(10_080)
    .default(60)
    .describe('So long the same failure in the same shape is not asked about again; 0 asks each time.'),
});
