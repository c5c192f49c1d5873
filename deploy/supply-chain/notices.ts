/**
 * `npm run notices [FILE]`: the licences of Node and of all packages in production, as they ask to be passed on. The bundle and the
 * image have it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { productionPackages } from './packages.ts';

const [file = 'THIRD-PARTY-NOTICES.txt'] = process.argv.slice(2);
const parts = productionPackages().flatMap(({ name, version, licence, files }) => {
  // What is not installed here is not passed on from here.
  if (files === undefined) return [];
  const texts = files.map((path) => readFileSync(path, 'utf8').trim());
  const text = texts.length === 0 ? 'The package brings no text of its licence.' : texts.join('\n\n');
  return [part(name, version, licence ?? 'no licence named', text)];
});
writeFileSync(
  file,
  `logpatrol is distributed with Node and these packages, each under the licence that is printed with it.\n\n${[node(), ...parts].join('\n')}`,
);
console.log(`${file}: ${parts.length} packages`);

function part(name: string, version: string, licence: string, text: string): string {
  return `${'='.repeat(80)}\n${name} ${version}\n${licence}\n\n${text}\n`;
}

/** Node's releases have their licence above the folder of the program; one from npm has none. */
function node(): string {
  const { execPath, version } = process;
  const file = join(dirname(execPath), '..', 'LICENSE');
  const address = `https://github.com/nodejs/node/blob/${version}/LICENSE`;
  return part('node', version, 'MIT', existsSync(file) ? readFileSync(file, 'utf8').trim() : address);
}
