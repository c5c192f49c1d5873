import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, glob, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = import.meta.dirname;

/** The modules of Elasticsearch that the tests need; the rest would only make the start longer. */
const modules = [
  'aggregations',
  'analysis-common',
  'counted-keyword',
  'dot-prefix-validation',
  'health-shards-availability',
  'ingest-common',
  'lang-painless',
  'parent-join',
  'rank-vectors',
  'reindex',
  'rest-root',
  'transport-netty4',
  'user-agent',
  'x-pack-core',
  'x-pack-redact',
  'x-pack-security',
];

/** A built stack: folders of one cache folder. */
export interface StackFiles {
  /** Kafka's jars. */
  readonly kafka: string;
  /** Elasticsearch's home, with the test plug-in. */
  readonly elasticsearch: string;
  /** Compiled launcher classes. */
  readonly launcher: string;
  /** `java` of the Java 21 runtime. */
  readonly java: string;
}

/** True where Java and Maven are here, without which nothing can be built. */
export async function canBuild(): Promise<boolean> {
  try {
    await Promise.all([run('java', ['-version']), run('mvn', ['-v']), run('jar', ['--version'])]);
    return true;
  } catch {
    return false;
  }
}

function filesOf(folder: string): StackFiles {
  return {
    kafka: join(folder, 'kafka'),
    elasticsearch: join(folder, 'home'),
    launcher: join(folder, 'launcher'),
    java: join(folder, 'jre', 'bin', 'java'),
  };
}

/** A name that changes with anything the result is made of. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(modules.join());
  const sources = await Array.fromAsync(glob('{pom.xml,build.ts,java/**/*.java}', { cwd: here }));
  for (const file of sources.sort()) hash.update(await readFile(join(here, file)));
  return hash.digest('hex').slice(0, 12);
}

/**
 * Fetches and compiles the stack into a cache folder outside the checkout, once: about 1 GB from Maven Central, a minute or
 * two. Two builds at the same time do not disturb one another: the last rename wins.
 *
 * @param say told what is going on
 */
export async function buildStack(say: (line: string) => void): Promise<StackFiles> {
  const cache = process.env.LOGPATROL_STACK_CACHE ?? join(homedir(), '.cache', 'logpatrol');
  const folder = join(cache, `stack-${await fingerprint()}`);
  if (existsSync(folder)) return filesOf(folder);

  say('Fetching Kafka and Elasticsearch from Maven Central (about 1 GB, once; a minute or two)…');
  const work = `${folder}.${process.pid}`;
  await mkdir(work, { recursive: true });
  await run('mvn', ['-q', '-B', '-f', join(here, 'pom.xml'), `-Dstack.dir=${work}`, 'process-resources'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  await arrange(work);
  say('Compiling the launcher and the test plug-in…');
  await compile(work);
  await rename(work, folder).catch(async (error: unknown) => {
    await rm(work, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
  return filesOf(folder);
}

/** Unpacked archive → home (libraries, chosen modules, configuration) and the Java runtime. */
async function arrange(work: string): Promise<void> {
  const [bundle] = await readdir(join(work, 'unpacked'));
  if (bundle === undefined) throw new Error('the Elasticsearch bundle was not unpacked');
  const source = join(work, 'unpacked', bundle);
  const home = join(work, 'home');
  await mkdir(join(home, 'plugins'), { recursive: true });
  await cp(join(source, 'elasticsearch', 'lib'), join(home, 'lib'), { recursive: true });
  await cp(join(source, 'elasticsearch', 'config'), join(home, 'config'), { recursive: true });
  for (const module of modules) {
    const target = join(home, 'modules', module);
    await cp(join(source, 'elasticsearch', 'modules', module), target, { recursive: true });
    const descriptor = join(target, 'plugin-descriptor.properties');
    // On a flat class path there are no Java modules.
    const text = await readFile(descriptor, 'utf8');
    await writeFile(descriptor, text.replaceAll(/^modulename=.*\n/gm, ''));
  }
  const [runtime] = await Array.fromAsync(glob('jres/*.tar.gz', { cwd: source }));
  if (runtime === undefined) throw new Error('there is no Java runtime in the bundle');
  await mkdir(join(work, 'jre'));
  await run('tar', ['xzf', join(source, runtime), '-C', join(work, 'jre'), '--strip-components=1']);
  await chmod(join(work, 'jre', 'bin', 'java'), 0o755);
  await rm(join(work, 'unpacked'), { recursive: true });
}

/** The launcher and the plug-in, with a compiler that reads Java 21 classes. */
async function compile(work: string): Promise<void> {
  const home = join(work, 'home');
  const jars = await Array.fromAsync(
    glob('{lib/*.jar,modules/x-pack-core/x-pack-core-*.jar}', { cwd: home }),
  );
  const classPath = jars.map((jar) => join(home, jar)).join(':');
  const compileFolder = async (name: string, target: string): Promise<void> => {
    const options = ['-source', '21', '-target', '21', '-nowarn', '-cp', classPath, '-d', target];
    await run(join(work, 'jre', 'bin', 'java'), [
      '-jar',
      join(work, 'ecj.jar'),
      ...options,
      join(here, 'java', name),
    ]);
  };
  await compileFolder('launcher', join(work, 'launcher'));
  await compileFolder('plugin', join(work, 'plugin'));
  const plugin = join(home, 'plugins', 'logpatrol-test');
  await mkdir(plugin);
  await run('jar', ['cf', join(plugin, 'plugin.jar'), '-C', join(work, 'plugin'), '.']);
  const [core] = await Array.fromAsync(glob('lib/elasticsearch-[0-9]*.jar', { cwd: home }));
  const version = basename(core ?? '').replace(/^elasticsearch-(.*)\.jar$/, '$1');
  const descriptor = [
    'name=logpatrol-test',
    'description=REST for data streams and ILM policies',
    'version=1',
    `elasticsearch.version=${version}`,
    'java.version=21',
    'classname=logpatrol.TestPlugin',
    'extended.plugins=x-pack-core',
    'has.native.controller=false',
    'licensed=false',
  ];
  await writeFile(join(plugin, 'plugin-descriptor.properties'), `${descriptor.join('\n')}\n`);
}
