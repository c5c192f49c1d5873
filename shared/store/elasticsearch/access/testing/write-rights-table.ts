/** `npm run rights`: writes the tables of docs/least-privilege.md from the operations that the tests try. */
import { readFile, writeFile } from 'node:fs/promises';
import { withTables } from './rights-table.ts';

const page = new URL('../../../../../docs/least-privilege.md', import.meta.url);
await writeFile(page, withTables(await readFile(page, 'utf8')));
