import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** The folder that is mounted where Filebeat runs. */
export const folder = new URL('../../filebeat/', import.meta.url).pathname;

const Multiline = z.strictObject({
  type: z.literal('pattern'),
  pattern: z.string(),
  negate: z.literal(false),
  match: z.literal('after'),
  max_lines: z.number(),
  timeout: z.string(),
});
const Ndjson = z.strictObject({
  target: z.literal(''),
  message_key: z.string(),
  add_error_key: z.literal(false),
  ignore_decoding_error: z.literal(true),
  expand_keys: z.boolean(),
  overwrite_keys: z.boolean(),
});
const Parser = z.union([
  z.strictObject({ container: z.strictObject({ stream: z.literal('all'), format: z.literal('auto') }) }),
  z.strictObject({ multiline: Multiline }),
  z.strictObject({ ndjson: Ndjson }),
]);
const Processor = z.record(z.string(), z.looseObject({}));

export const Input = z.looseObject({
  type: z.enum(['filestream', 'journald', 'udp', 'tcp']),
  id: z.string().optional(),
  /** `${VARIABLE:default}` */
  enabled: z.string(),
  paths: z.array(z.string()).optional(),
  parsers: z.array(Parser).optional(),
  processors: z.array(Processor).optional(),
  fields: z.strictObject({ log_type: z.string(), service: z.string().optional() }),
});
export type Input = z.infer<typeof Input>;

const Filebeat = z.looseObject({
  'x-files': z.looseObject({}),
  'filebeat.inputs': z.array(Input),
  processors: z.array(Processor),
  'output.kafka': z.looseObject({ topic: z.string(), max_message_bytes: z.number() }),
});

/** `filebeat.yml`, with its variables as they are written. */
export const filebeat = Filebeat.parse(parse(readFileSync(`${folder}filebeat.yml`, 'utf8'), { merge: true }));
export const inputs = filebeat['filebeat.inputs'];

/** The input of that name; inputs that receive are named by their type. */
export function inputNamed(name: string): Input {
  const input = inputs.find(({ id, type }) => (id ?? type) === name);
  if (input === undefined) throw new Error(`filebeat.yml has no input ${name}`);
  return input;
}
