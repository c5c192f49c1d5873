/** The whole stack by docker compose: from `up` to a drill's card, and the services' memory at rest and at 5,000 events a second. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import { KafkaConfig } from '#shared/config/servers-schema.ts';
import { buildImages, imageBytes } from '#test/compose/images/build.ts';
import { ComposeProject } from '#test/compose/project.ts';
import { startLoad } from '#test/integrity/load.ts';
import { createRandom } from '#test/integrity/random.ts';
import { freePort } from '#test/stack/server.ts';
import { median, megabytes } from './measure.ts';

const services = ['indexer', 'analyzer', 'notifier', 'gateway', 'ipmi', 'housekeeping'] as const;
const linesPerSecond = 5000;
const sampleMs = 5000;

export interface ComposeFigures {
  /** Of our own image, unpacked. */
  readonly imageMegabytes: number;
  /** From `up` with images present to the end of a drill whose card was accepted (by the console channel). */
  readonly upToDrillSeconds: number;
  readonly restMegabytes: Readonly<Record<string, number>>;
  readonly restTogetherMegabytes: number;
  readonly eventsPerSecond: number;
  readonly loadPeakMegabytes: Readonly<Record<string, number>>;
  /** Of all together, sample by sample. */
  readonly loadMedianTogetherMegabytes: number;
  readonly loadPeakTogetherMegabytes: number;
  readonly missed: readonly string[];
}

export async function benchCompose(options: {
  minutes: number;
  say: (line: string) => void;
}): Promise<ComposeFigures> {
  const { say } = options;
  const images = await buildImages(say);
  const port = await freePort();
  const project = new ComposeProject();
  project.set({
    ...images,
    KAFKA_PORT: String(port),
    ELASTICSEARCH_PORT: String(await freePort()),
    GATEWAY_PORT: String(await freePort()),
    LOGPATROL_OLLAMA_URL: '',
    LOGPATROL_OLLAMA_MODEL: '',
  });
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-bench-compose-'));
  try {
    say('docker compose up');
    const began = Date.now();
    await project.compose('up', '-d', '--no-build', 'kafka', 'elasticsearch', ...services);
    await project.compose('run', '--rm', '--no-deps', 'cli', 'drill', '--timeout', '120');
    const upToDrillSeconds = (Date.now() - began) / 1000;
    say(`a drill's card after ${upToDrillSeconds.toFixed(1)} s; a minute of rest`);
    await sleep(60_000);
    const rest = await sample(project);

    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, `${await project.secret('setup/ca.pem')}\n`);
    const password = await project.secret('setup/kafka-password');
    const bus = await openKafkaBus({
      kafka: KafkaConfig.parse({
        brokers: [`127.0.0.1:${port}`],
        tls: true,
        caFile,
        sasl: { mechanism: 'scram-sha-512', username: 'admin', password },
      }),
      clientId: 'bench',
      logger: pino({ level: 'silent' }),
    });
    const writer = await bus.writer('bench');
    say(`${linesPerSecond} events/s for ${options.minutes} minutes`);
    const loadBegan = Date.now();
    const load = startLoad({
      writer,
      random: createRandom(2),
      linesPerSecond,
      hits: 0.01,
      linesPerNewFailure: 15_000,
    });
    const samples: Map<string, number>[] = [];
    while (Date.now() - loadBegan < options.minutes * 60_000) {
      await sleep(sampleMs);
      samples.push(await sample(project));
    }
    await load.stop();
    const eventsPerSecond = Math.round((load.truth.lines * 1000) / (Date.now() - loadBegan));
    await writer.close();
    await bus.close();

    const together = samples.map(sum);
    const figures = {
      imageMegabytes: megabytes(await imageBytes(images.LOGPATROL_IMAGE)),
      upToDrillSeconds,
      restMegabytes: Object.fromEntries(Array.from(rest, ([name, bytes]) => [name, megabytes(bytes)])),
      restTogetherMegabytes: megabytes(sum(rest)),
      eventsPerSecond,
      loadPeakMegabytes: Object.fromEntries(
        services.map((name) => [name, megabytes(Math.max(...samples.map((each) => each.get(name) ?? 0)))]),
      ),
      loadMedianTogetherMegabytes: megabytes(median(together)),
      loadPeakTogetherMegabytes: megabytes(Math.max(...together)),
    };
    return { ...figures, missed: missedBy(figures) };
  } finally {
    await project.down();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Bytes of each service. */
function sample(project: ComposeProject): Promise<Map<string, number>> {
  return project.memory(services);
}

function sum(bytes: ReadonlyMap<string, number>): number {
  return [...bytes.values()].reduce((total, each) => total + each, 0);
}

function missedBy(figures: Omit<ComposeFigures, 'missed'>): string[] {
  const missed: string[] = [];
  if (figures.imageMegabytes > 250) missed.push('compose: an image below 250 MB');
  if (figures.upToDrillSeconds > 180) missed.push('compose: from up to a drill’s card in 3 minutes');
  if (figures.restTogetherMegabytes > 1000) missed.push('compose: services below 1 GB at rest');
  if (figures.loadPeakTogetherMegabytes > 2000) missed.push('compose: services below 2 GB at 5,000 events/s');
  if (figures.eventsPerSecond < 0.98 * linesPerSecond)
    missed.push('compose: 5,000 events/s were not written');
  return missed;
}
