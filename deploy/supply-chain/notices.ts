/** `npm run notices [FILE]`: the licences of all packages in production, as they ask to be passed on. */
import { readFileSync, writeFileSync } from 'node:fs';
import { productionPackages } from './packages.ts';

const [file = 'THIRD-PARTY-NOTICES.txt'] = process.argv.slice(2);
const packages = productionPackages();
const parts = packages.map(({ name, version, licence, files }) => {
  const texts = files.map((path) => readFileSync(path, 'utf8').trim());
  const text = texts.length === 0 ? 'The package brings no text of its licence.' : texts.join('\n\n');
  return `${'='.repeat(80)}\n${name} ${version}\n${licence ?? 'no licence named'}\n\n${text}\n`;
});
writeFileSync(
  file,
  `logpatrol is distributed with these packages, each under the licence that is printed with it.\n\n${parts.join('\n')}`,
);
console.log(`${file}: ${packages.length} packages`);
