import { writeFile } from 'node:fs/promises';
import { languages } from './language.ts';
import { ndjsonIn } from './objects.ts';

// `npm run kibana`: writes what `logpatrol setup --part kibana` imports.
for (const language of languages)
  await writeFile(new URL(`../${language}.ndjson`, import.meta.url), ndjsonIn(language));
