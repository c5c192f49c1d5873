import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildStack } from '#test/stack/build.ts';

const run = promisify(execFile);
const here = import.meta.dirname;
const root = join(here, '..', '..', '..');
const largeOutput = 64 * 1024 * 1024;

/** What the compose file's image variables are set to. */
export interface Images {
  readonly LOGPATROL_IMAGE: string;
  readonly NODE_IMAGE: string;
  readonly BASE_IMAGE: string;
  readonly KAFKA_IMAGE: string;
  readonly ELASTICSEARCH_IMAGE: string;
}

/** How long an image may take to come from a registry before one is made here. */
const pullMs = 15_000;

/** True where a Docker daemon answers. */
export async function hasDocker(): Promise<boolean> {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}']);
    return true;
  } catch {
    return false;
  }
}

/**
 * The images of a bring-up: the official ones where they are here or can be pulled, else stand-ins made of Debian, of Node as npm
 * brings it, and of the test stack's Kafka and Elasticsearch, under names of their own. logpatrol's own is built from the checkout.
 *
 * @param say told what is going on
 */
export async function buildImages(say: (line: string) => void): Promise<Images> {
  const stack = await buildStack(say);
  const base = await officialOr('debian:bookworm-slim', 'logpatrol-test/debian:bookworm', debian, say);
  const node = await officialOr(
    'node:24-bookworm-slim',
    'logpatrol-test/node:24',
    (name) => nodeImage(name, base),
    say,
  );
  const kafka = await officialOr(
    'apache/kafka:4.3.1',
    'logpatrol-test/kafka:4.3.1',
    (name) => fromFolder('kafka', name, base, [[stack.kafka, 'libs']]),
    say,
  );
  const elasticsearch = await officialOr(
    'docker.elastic.co/elasticsearch/elasticsearch:9.4.3',
    'logpatrol-test/elasticsearch:9.4.3',
    (name) =>
      fromFolder('elasticsearch', name, base, [
        [stack.elasticsearch, 'home'],
        [stack.launcher, 'launcher'],
        [join(stack.java, '..', '..'), 'jre'],
      ]),
    say,
  );
  const own = 'logpatrol-test/logpatrol:latest';
  say('Building logpatrol’s own image…');
  await docker([
    'build',
    '-t',
    own,
    '--build-arg',
    `NODE_IMAGE=${node}`,
    '--build-arg',
    `BASE_IMAGE=${base}`,
    ...secrets(),
    root,
  ]);
  return {
    LOGPATROL_IMAGE: own,
    NODE_IMAGE: node,
    BASE_IMAGE: base,
    KAFKA_IMAGE: kafka,
    ELASTICSEARCH_IMAGE: elasticsearch,
  };
}

/** How large an image is on disk, in bytes: unpacked, with what it is built upon. */
export async function imageBytes(name: string): Promise<number> {
  return Number((await run('docker', ['image', 'inspect', '--format', '{{.Size}}', name])).stdout);
}

async function officialOr(
  official: string,
  ours: string,
  make: (name: string) => Promise<void>,
  say: (line: string) => void,
): Promise<string> {
  if (await isHere(official)) return official;
  const pulled = await run('docker', ['pull', '--quiet', official], { timeout: pullMs }).then(
    () => true,
    () => false,
  );
  if (pulled) return official;
  say(`Making ${ours} in place of ${official}, which cannot be had…`);
  await make(ours);
  return ours;
}

async function isHere(name: string): Promise<boolean> {
  return run('docker', ['image', 'inspect', name]).then(
    () => true,
    () => false,
  );
}

/** Debian's smallest system, without what an image has no use for. It changes seldom: once made it stays. */
async function debian(name: string): Promise<void> {
  if (await isHere(name)) return;
  const work = await mkdtemp(join(tmpdir(), 'logpatrol-debian-'));
  try {
    await run('sh', [join(here, 'debian.sh'), work, name], { maxBuffer: largeOutput });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Node 24 as the project has it, and this machine's npm. */
async function nodeImage(name: string, base: string): Promise<void> {
  const { stdout } = await run('npm', ['root', '--global']);
  await fromFolder('node', name, base, [
    [join(root, 'node_modules', 'node', 'bin', 'node'), 'node'],
    [join(stdout.trim(), 'npm'), 'npm'],
  ]);
}

/** Builds a folder beside this file, with what it copies put beside its Dockerfile. */
async function fromFolder(
  folder: string,
  name: string,
  base: string,
  copies: readonly (readonly [from: string, to: string])[],
): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'logpatrol-image-'));
  try {
    await cp(join(here, folder), context, { recursive: true });
    for (const [from, to] of copies) await cp(from, join(context, to), { recursive: true });
    await docker(['build', '-t', name, '--build-arg', `BASE_IMAGE=${base}`, context]);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

async function docker(words: readonly string[]): Promise<void> {
  const client = await builder();
  await run(client, words, { env: { ...process.env, DOCKER_BUILDKIT: '1' }, maxBuffer: largeOutput });
}

/** A newer client builds only with its component buildx; Debian's own has BuildKit in itself, wherever else a newer one is found first. */
async function builder(): Promise<string> {
  const debians = '/usr/bin/docker';
  const hasBuildx = await run('docker', ['buildx', 'version']).then(
    () => true,
    () => false,
  );
  return hasBuildx || !existsSync(debians) ? 'docker' : debians;
}

/** Where this machine's npm trusts authorities of its own, the build has to, too. */
function secrets(): string[] {
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  return authorities !== undefined && existsSync(authorities) ? ['--secret', `id=ca,src=${authorities}`] : [];
}

if (import.meta.main) {
  if (!(await hasDocker())) {
    console.error('There is no Docker daemon here.');
    process.exit(78);
  }
  const images = await buildImages((line) => console.error(line));
  for (const [variable, name] of Object.entries(images)) console.log(`${variable}=${name}`);
}
