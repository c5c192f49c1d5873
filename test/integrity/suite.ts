import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import type { Writer } from '#shared/bus/port.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { openElasticsearchStore } from '#shared/store/elasticsearch.ts';
import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import { type Harm, harm } from './chaos.ts';
import { type Load, startLoad } from './load.ts';
import type { Member } from './member.ts';
import { createRandom } from './random.ts';
import { attackedStages, createSetting } from './setting.ts';
import { doubledIn, namedIn, Told } from './told.ts';
import { type Sources, settle, type ToldIncidents } from './verify.ts';

export interface SuiteOptions {
  readonly kafkaAddress: string;
  readonly elasticsearchAddress: string;
  readonly folder: string;
  readonly seed: number;
  /** For each stage. */
  readonly kills: number;
  readonly stalls: number;
  readonly pauseMs: readonly [number, number];
  readonly linesPerSecond: number;
  readonly linesPerNewFailure: number;
  /** How long everything may take to become exact once the load has stopped. */
  readonly settleMs: number;
  /** What else is done to the installation once the kills are over, with the load going on. */
  readonly afterKills?: (context: AfterKills) => Promise<string[]>;
  say(line: string): void;
}

export interface AfterKills {
  readonly feishu: FeishuStandIn;
  readonly load: Load;
  readonly writer: Writer;
}

export interface SuiteReport {
  readonly seed: number;
  readonly lines: number;
  readonly failures: number;
  readonly failureLines: number;
  readonly harms: readonly Harm[];
  /** Accepted calls: cards, and updates of the app's. */
  readonly cards: number;
  /** Cards of the custom bot that were accepted twice, to the letter. */
  readonly repeatedCards: number;
  /** Nothing here: everything held. */
  readonly wrong: readonly string[];
}

/** Memory of one member that would not be bounded any more. */
const mostResidentBytes = 800e6;
const longestStopMs = 10_000;

/** Runs an installation of one process a stage on real servers, under load and under attack, and compares it with the truth. */
export async function runSuite(options: SuiteOptions): Promise<SuiteReport> {
  const { say } = options;
  const random = createRandom(options.seed);
  const name = `integrity-${process.pid}-${options.seed}`;
  const secret = 'integrity-secret';
  const feishu = new FeishuStandIn({ limits: 'unlimited', secret });
  await feishu.up();
  const app = { appId: 'cli_00000000000001e9', appSecret: 'a-secret-of-the-suite' };
  const chat = 'oc_integrity';
  feishu.platform.addApp(app).addChat({ id: chat, apps: [app.appId], people: ['ou_integrity'] });
  const setting = await createSetting({
    ...options,
    webhook: feishu.webhook,
    secret,
    app: { ...app, chat, baseUrl: feishu.baseUrl },
    // Short, so that what joins a custom bot's card is told while the load still goes on.
    routing: { groupBy: ['service'], groupMinutes: 0.2 },
    name,
  });
  const { config } = setting;
  if (config.kafka === undefined || config.elasticsearch === undefined) throw new Error('no servers');
  const logger = pino({ level: 'silent' });
  const bus = await openKafkaBus({ kafka: config.kafka, clientId: 'integrity', logger });
  const store = await openElasticsearchStore({
    elasticsearch: config.elasticsearch,
    routes: config.routes,
    logger,
  });
  await bus.setup(topicSpecs(config));
  await store.setup();
  const writer = await bus.writer('integrity');
  const load = startLoad({ ...options, writer, random: createRandom(options.seed + 1), hits: 0.05 });
  const wrong: string[] = [];
  let survivors: Member[] = [];
  try {
    say(`seed ${options.seed}; ${options.linesPerSecond} lines/s; ${options.kills} kills of each stage`);
    const attacked = await Promise.all(
      attackedStages.map((stage, index) =>
        harm({
          stage,
          kills: options.kills,
          stalls: options.stalls,
          stallMs: 10_000,
          pauseMs: options.pauseMs,
          random: createRandom(random.between(0, 2 ** 31) + index),
          start: () => setting.start(stage),
          say,
        }),
      ),
    );
    survivors = attacked.flatMap((result) => result.survivors);
    if (options.afterKills !== undefined) wrong.push(...(await options.afterKills({ feishu, load, writer })));
    for (const member of survivors) if (!member.isRunning()) wrong.push(`${member.name} has ended by itself`);
    await load.stop();
    say(
      `load stopped: ${load.truth.lines} lines, ${load.truth.failures.size} failures; waiting until all is exact`,
    );

    const sources: Sources = { bus, store, told: async () => toldBy(feishu) };
    const { differences } = await settle(load.truth, sources, options.settleMs);
    wrong.push(...differences);
    const harms = attacked.map((result) => result.harm);
    for (const done of harms) {
      const last = survivors.find((member) => member.name.startsWith(`${done.stage}-`));
      done.mostResidentBytes = Math.max(done.mostResidentBytes, last?.residentBytes() ?? 0);
      if (done.mostResidentBytes > mostResidentBytes)
        wrong.push(`${done.stage} held ${Math.round(done.mostResidentBytes / 1e6)} MB`);
    }
    for (const member of survivors) {
      const stage = harms.find((done) => member.name.startsWith(`${done.stage}-`));
      const took = await member.stop();
      if (stage !== undefined) stage.longestStopMs = Math.max(stage.longestStopMs, took);
    }
    for (const done of harms)
      if (done.longestStopMs > longestStopMs)
        wrong.push(`${done.stage} took ${done.longestStopMs} ms to stop`);
    const cards = new Told();
    cards.take(feishu.requests);
    const repeats = { feishu: cards.doubled, team: doubledIn(feishu.platform.messages(chat)) };
    const deliver = harms.find((done) => done.stage === 'deliver');
    // One card is in flight at a time: each harm can repeat one of a custom bot, and a restart of Kafka one more.
    const excused = (deliver?.kills ?? 0) + (deliver?.stalls ?? 0) + 1;
    if (repeats.feishu > excused)
      wrong.push(`${repeats.feishu} cards of the custom bot were repeated; ${excused} harms excuse one each`);
    if (repeats.team > 0) wrong.push(`${repeats.team} messages of the app were sent twice`);
    return {
      seed: options.seed,
      lines: load.truth.lines,
      failures: load.truth.failures.size,
      failureLines: [...load.truth.failures.values()].reduce((sum, count) => sum + count, 0),
      harms,
      cards: feishu.accepted.length,
      repeatedCards: repeats.feishu,
      wrong,
    };
  } finally {
    await load.stop().catch(() => undefined);
    await Promise.all(survivors.map((member) => member.kill()));
    await writer.close();
    await bus.close();
    await store.close();
    await feishu.down();
    await sleep(0);
  }
}

function toldBy(feishu: FeishuStandIn): ToldIncidents {
  const told = { feishu: new Set<string>(), team: new Set<string>() };
  for (const { api, seen } of feishu.accepted)
    for (const id of seen === undefined ? [] : namedIn(seen)) told[api === 'bot' ? 'feishu' : 'team'].add(id);
  return new Map(Object.entries(told));
}
