/**
 * `node deploy/image/sbom.ts [--debian FILE]`: the bill of materials of a production install in CycloneDX, on standard output. npm
 * tells its packages; Node itself is added, and the Debian packages of an image where a list of them is given (name, version,
 * architecture by tabs, as `dpkg-query -W` writes it).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

interface Component {
  readonly type: 'library' | 'application';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

const { values } = parseArgs({ options: { debian: { type: 'string' } } });
const words = ['sbom', '--omit', 'dev', '--package-lock-only', '--sbom-format', 'cyclonedx'];
const bill: { components: unknown[] } = JSON.parse(
  execFileSync('npm', words, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  }),
);
bill.components.push(node(), ...(values.debian === undefined ? [] : debianPackages(values.debian)));
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);

function node(): Component {
  const { version } = process;
  return { type: 'application', name: 'node', version, purl: `pkg:github/nodejs/node@${version}` };
}

function debianPackages(file: string): Component[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [name = '', version = '', architecture = ''] = line.split('\t');
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
    return { type: 'library', name, version, purl };
  });
}
