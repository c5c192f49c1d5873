/**
 * `npm run bundle [-- --output FOLDER]`: one archive with everything that a machine without a network needs: the application with its
 * packages, Node, rule packs, runbooks, documents, and a script that installs it. What belongs to the application is the list `files`
 * of package.json. It is for the kind of machine that it was made on (the system and processor are in its name).
 */
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { chmod, cp, glob, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..', '..');
const largeOutput = 64 * 1024 * 1024;

const { values } = parseArgs({ options: { output: { type: 'string', default: 'dist' } } });
const output = resolve(values.output);
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
const name = `logpatrol-${version}-${process.platform}-${process.arch}`;

const work = await mkdtemp(join(tmpdir(), 'logpatrol-bundle-'));
try {
  const folder = join(work, name);
  await mkdir(join(folder, 'bin'), { recursive: true });
  say('Packing the application…');
  await packApplication(join(folder, 'app'));
  say('Installing its packages…');
  await installPackages(join(folder, 'app'));
  await cp(process.execPath, join(folder, 'bin', 'node'));
  await run('strip', ['--strip-unneeded', join(folder, 'bin', 'node')]).catch(() => {}); // smaller where there is a strip
  await cp(join(import.meta.dirname, 'logpatrol.sh'), join(folder, 'bin', 'logpatrol'));
  await cp(join(import.meta.dirname, 'install.sh'), join(folder, 'install.sh'));
  for (const script of ['bin/node', 'bin/logpatrol', 'install.sh']) await chmod(join(folder, script), 0o755);
  await writeFile(join(folder, 'SHA256SUMS'), await checksums(folder));
  say('Writing the archive…');
  await mkdir(output, { recursive: true });
  const archive = join(output, `${name}.tar.gz`);
  await run('tar', ['-C', work, '--owner=0', '--group=0', '--sort=name', '-czf', `${archive}.part`, name]);
  await rename(`${archive}.part`, archive);
  const { size } = await stat(archive);
  const digest = hash('sha256', await readFile(archive), 'hex');
  await writeFile(`${archive}.sha256`, `${digest}  ${name}.tar.gz\n`);
  console.log(`${archive} (${Math.round(size / 1e6)} MB)\nsha256 ${digest}`);
} finally {
  await rm(work, { recursive: true, force: true });
}

function say(line: string): void {
  console.error(line);
}

/** npm chooses by `files` of package.json; the lock file it never packs. */
async function packApplication(target: string): Promise<void> {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], {
    cwd: root,
    maxBuffer: largeOutput,
  });
  const [packed] = z.array(z.object({ filename: z.string() })).parse(JSON.parse(stdout));
  if (packed === undefined) throw new Error('npm packed nothing');
  await mkdir(target);
  await run('tar', ['-C', target, '--strip-components=1', '-xzf', join(work, packed.filename)]);
  await cp(join(root, 'package-lock.json'), join(target, 'package-lock.json'));
}

async function installPackages(app: string): Promise<void> {
  await run('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: app,
    maxBuffer: largeOutput,
  });
  await run('sh', [join(root, 'deploy', 'image', 'prune.sh'), join(app, 'node_modules')]);
  const bill = join(root, 'deploy', 'image', 'sbom.ts');
  const { stdout } = await run(process.execPath, [bill], { cwd: app, maxBuffer: largeOutput });
  await writeFile(join(app, 'sbom.cdx.json'), stdout);
  // The copy's own script: it tells of the packages beside it.
  const notices = join('deploy', 'supply-chain', 'notices.ts');
  await run(process.execPath, [notices, 'THIRD-PARTY-NOTICES.txt'], { cwd: app });
}

/** As `sha256sum --check` reads it. */
async function checksums(folder: string): Promise<string> {
  const files = await Array.fromAsync(glob('**/*', { cwd: folder, withFileTypes: true }));
  const lines: string[] = [];
  for (const file of files.filter((each) => each.isFile())) {
    const path = join(file.parentPath, file.name);
    lines.push(`${hash('sha256', await readFile(path), 'hex')}  ${path.slice(folder.length + 1)}`);
  }
  return `${lines.sort().join('\n')}\n`;
}
