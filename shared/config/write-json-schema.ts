import { writeFileSync } from 'node:fs';
import { configJsonSchema } from './json-schema.ts';

// `npm run schema`: renews the file after the schema has changed; a test tells when that was forgotten.
writeFileSync(
  new URL('logpatrol.schema.json', import.meta.url),
  `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
);
