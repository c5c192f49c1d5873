/** From a line's arrival in Kafka to the request at an unlimited stand-in Feishu: 5,000 events a second, 20 new incidents a minute. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { Finding } from '#shared/model/index.ts';
import { openElasticsearchStore } from '#shared/store/elasticsearch.ts';
import { startLoad } from '#test/integrity/load.ts';
import { createRandom } from '#test/integrity/random.ts';
import { createSetting } from '#test/integrity/setting.ts';
import { failureOf } from '#test/integrity/verify.ts';
import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import { median, megabytes, peakResidentBytes, quantile } from './measure.ts';

export interface LatencyFigures {
  readonly incidents: number;
  readonly eventsPerSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  /** Incidents without a card at the end; they would make the quantiles look better than they are. */
  readonly untold: number;
  /** Of the one process that runs every service. */
  readonly peakResidentMegabytes: number;
}

export async function benchLatency(options: {
  kafkaAddress: string;
  elasticsearchAddress: string;
  seconds: number;
  say: (line: string) => void;
}): Promise<LatencyFigures> {
  const secret = 'bench';
  const feishu = new FeishuStandIn({ limits: 'unlimited', secret });
  await feishu.up();
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-latency-'));
  const name = `latency-${process.pid}`;
  const setting = await createSetting({
    ...options,
    webhook: feishu.webhook,
    secret,
    // A card each: what joins another's card is not to be waited for.
    routing: { groupBy: [], groupMinutes: 5 },
    name,
    folder,
  });
  const { config } = setting;
  if (config.kafka === undefined || config.elasticsearch === undefined) throw new Error('no servers');
  const logger = pino({ level: 'silent' });
  const bus = await openKafkaBus({ kafka: config.kafka, clientId: 'latency', logger });
  const store = await openElasticsearchStore({
    elasticsearch: config.elasticsearch,
    routes: config.routes,
    logger,
  });
  await bus.setup(topicSpecs(config));
  await store.setup();
  const writer = await bus.writer('latency');
  const member = setting.start('all');
  try {
    const warmUp = startLoad({
      writer,
      random: createRandom(1),
      linesPerSecond: 500,
      hits: 0.01,
      linesPerNewFailure: 1e9,
    });
    while (feishu.accepted.length === 0) {
      if (!member.isRunning()) throw new Error(`logpatrol ended; see ${folder}`);
      await sleep(100);
    }
    await warmUp.stop();
    options.say(`5,000 events/s for ${options.seconds} s`);
    const began = Date.now();
    const load = startLoad({
      writer,
      random: createRandom(2),
      linesPerSecond: 5000,
      hits: 0.01,
      linesPerNewFailure: 15_000,
      firstFailure: 1,
    });
    await sleep(options.seconds * 1000);
    await load.stop();
    const seconds = (Date.now() - began) / 1000;
    await sleep(5000);
    const failureByIncident = new Map<string, string>();
    for await (const record of bus.read('findings')) {
      if (record.value === null) continue;
      const finding = Finding.parse(JSON.parse(record.value.toString()));
      failureByIncident.set(finding.id, failureOf(finding));
    }
    const told = new Map<string, number>();
    for (const { incidentId, at } of feishu.accepted) {
      const failure = failureByIncident.get(incidentId ?? '');
      if (failure !== undefined && !told.has(failure)) told.set(failure, at);
    }
    const latencies: number[] = [];
    for (const [failure, at] of load.truth.firstSent) {
      const toldAt = told.get(failure);
      if (toldAt !== undefined) latencies.push(toldAt - at);
    }
    return {
      incidents: load.truth.failures.size,
      eventsPerSecond: Math.round(load.truth.lines / seconds),
      medianMs: median(latencies),
      p99Ms: quantile(latencies, 0.99),
      worstMs: Math.max(...latencies),
      untold: load.truth.failures.size - latencies.length,
      peakResidentMegabytes: megabytes(peakResidentBytes(member.pid)),
    };
  } finally {
    await member.stop();
    await writer.close();
    await bus.close();
    await store.close();
    await feishu.down();
    await rm(folder, { recursive: true, force: true });
  }
}
