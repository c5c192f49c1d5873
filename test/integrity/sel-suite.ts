import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { stringify } from 'yaml';
import { openKafkaBus } from '#shared/bus/kafka.ts';
import { topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { openElasticsearchStore } from '#shared/store/elasticsearch.ts';
import { openEmbeddedStore } from '#shared/store/embedded.ts';
import type { Store } from '#shared/store/port.ts';
import { type SimulatedBmc, startBmc } from '#test/stack/bmc.ts';
import { removeNamespace } from '#test/stack/remove-namespace.ts';
import { removeTopics } from '#test/stack/remove-topics.ts';
import { type Member, startMember } from './member.ts';
import { createRandom, type Random } from './random.ts';

export interface SelSuiteOptions {
  /** Absent: the embedded pair, everything in one process. */
  readonly servers?: { readonly kafkaAddress: string; readonly elasticsearchAddress: string };
  readonly folder: string;
  readonly seed: number;
  readonly kills: number;
  readonly pauseMs: readonly [number, number];
  /** How many times the log is cleared, and the BMC replaced by one whose ids start at 1 again. */
  readonly clears: number;
  readonly replacements: number;
  /** How long everything may take to come to the store. */
  readonly settleMs: number;
  say(line: string): void;
}

export interface SelSuiteReport {
  readonly records: number;
  readonly kills: number;
  readonly clears: number;
  readonly replacements: number;
  /** Clears that the shipper told. */
  readonly told: number;
  /** Nothing here: every record is in the store once. */
  readonly wrong: readonly string[];
}

const logger = pino({ level: 'silent' });
/** More than a run writes between two clears: what a full log refuses is lost with any shipper. */
const selEntries = 3000;

/** Writes records to a simulated BMC, each with a number of its own in its event data, and keeps count. */
class Load {
  bmc: SimulatedBmc;
  count = 0;
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(bmc: SimulatedBmc, folder: string) {
    this.bmc = bmc;
    this.#file = join(folder, 'records.txt');
  }

  /** Corrected memory errors of sensor 6, whose module is coded by the number. One after the other, never two at once. */
  write(times: number): Promise<void> {
    return this.#next(async () => {
      const lines = Array.from({ length: times }, (_, index) => {
        const number = this.count + index + 1;
        const bytes = [0, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 0x0c, 6, 0x6f, 0xa0, number >> 8, number & 0xff];
        return `raw 0x0a 0x44 ${bytes.map((byte) => `0x${byte.toString(16)}`).join(' ')}`;
      });
      await writeFile(this.#file, `${lines.join('\n')}\n`);
      await this.#exec();
      this.count += times;
    });
  }

  /** A simulator on a busy machine may not open a session in time; then nothing was written. */
  async #exec(retries = 5): Promise<void> {
    try {
      await this.bmc.ipmitool('exec', this.#file);
    } catch (error) {
      if (retries === 0 || !String(error).includes('Unable to establish')) throw error;
      await this.#exec(retries - 1);
    }
  }

  /** Something else with the BMC, between two writes. */
  between(change: () => Promise<void>): Promise<void> {
    return this.#next(change);
  }

  #next(what: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(what);
    return this.#writing;
  }
}

/**
 * Runs the real shipper against a real simulated BMC while it is killed again and again, the log is cleared, and its ids are used
 * again; and compares the store with what was written. What is cleared before a poll is lost with any shipper, so before each
 * clear all that was written has come to the store.
 */
export async function runSelSuite(options: SelSuiteOptions): Promise<SelSuiteReport> {
  const { say, folder } = options;
  const random = createRandom(options.seed);
  await mkdir(folder, { recursive: true });
  const setting = await createSetting(options, await startBmc({ selEntries }));
  const { load, store } = setting;
  const wrong: string[] = [];
  let isOver = false;
  try {
    const writing = (async () => {
      while (!isOver) {
        await load.write(random.between(1, 8));
        await sleep(random.between(100, 1200));
      }
    })();
    const killing = killAgainAndAgain(setting, options, createRandom(options.seed + 1));
    for (let change = 0; change < options.clears + options.replacements; change += 1) {
      // Spread over the time of the kills.
      await sleep(
        (random.between(...options.pauseMs) * options.kills) / (options.clears + options.replacements),
      );
      // Replacements last: a BMC whose ids go on first must have used some.
      const isClear = change < options.clears;
      await load.between(async () => {
        await settle(store, load.count, options.settleMs);
        say(isClear ? 'log cleared' : 'log replaced, ids from 1 again');
        if (isClear) await load.bmc.ipmitool('sel', 'clear');
        else {
          const { port } = load.bmc;
          await load.bmc.stop();
          load.bmc = await startBmc({ port, selEntries });
        }
      });
      await load.write(3);
    }
    const kills = await killing;
    isOver = true;
    await writing;
    say(`${load.count} records written`);
    const stored = await settle(store, load.count, options.settleMs);
    // A record that comes twice comes with a later poll.
    await sleep(15_000);
    const numbers = await numbersIn(store);
    for (let number = 1; number <= load.count; number += 1) {
      const times = numbers.get(number) ?? 0;
      if (times !== 1) wrong.push(`record ${number} is ${times} times in the store`);
    }
    if (!stored) wrong.push(`not all came to the store within ${options.settleMs} ms`);
    return {
      records: load.count,
      kills,
      clears: options.clears,
      replacements: options.replacements,
      told: await clearsIn(store),
      wrong,
    };
  } finally {
    isOver = true;
    await setting.stop();
  }
}

interface Setting {
  readonly load: Load;
  readonly store: Store;
  /** Starts one more shipper. */
  start(): Member;
  readonly members: Member[];
  stop(): Promise<void>;
}

async function createSetting(options: SelSuiteOptions, bmc: SimulatedBmc): Promise<Setting> {
  const { folder, servers } = options;
  const name = `sel-${process.pid}-${options.seed}`;
  const settings = {
    dataDir: folder,
    logLevel: 'info',
    http: { port: 0 },
    ...(servers !== undefined && {
      kafka: { brokers: [servers.kafkaAddress], prefix: `${name}.`, sessionTimeoutSeconds: 6 },
      elasticsearch: { url: servers.elasticsearchAddress, namespace: name },
    }),
    hardware: { local: { enabled: false } },
    ipmi: {
      servers: [
        {
          name: 'bmc-1',
          host: bmc.host,
          port: bmc.port,
          user: bmc.user,
          intervalSeconds: 5,
          hostName: 'web-1',
        },
      ],
    },
  };
  const file = join(folder, 'logpatrol.yaml');
  await writeFile(file, stringify(settings));
  const config = ConfigSchema.parse(settings);
  let started = 0;
  const member = (args: readonly string[]): Member => {
    started += 1;
    return startMember({
      name: `${args.join('-')}-${started}`,
      args: ['--config', file, ...args],
      env: { IPMI_PASSWORD: bmc.password },
      logFile: join(folder, `${args.at(-1)}.log`),
    });
  };
  if (config.kafka === undefined || config.elasticsearch === undefined) {
    const store = await openEmbeddedStore({ dataDir: folder, maxBytes: 1e9, logger });
    const members = [member(['run', 'all'])];
    const setting: Setting = {
      load: new Load(bmc, folder),
      store,
      start: () => member(['run', 'all']),
      members,
      async stop() {
        await Promise.all(setting.members.map((one) => one.kill()));
        await store.close();
        await setting.load.bmc.stop();
      },
    };
    return setting;
  }
  const { kafka, elasticsearch, routes } = config;
  const bus = await openKafkaBus({ kafka, clientId: 'sel-suite', logger });
  const store = await openElasticsearchStore({ elasticsearch, routes, logger });
  await bus.setup(topicSpecs(config));
  await store.setup();
  const indexer = member(['run', 'indexer']);
  const setting: Setting = {
    load: new Load(bmc, folder),
    store,
    start: () => member(['run', 'ipmi']),
    members: [member(['run', 'ipmi'])],
    async stop() {
      await Promise.all([...setting.members, indexer].map((one) => one.kill()));
      await setting.load.bmc.stop();
      await bus.close();
      await store.close();
      await removeTopics(kafka.brokers[0] ?? '', kafka.prefix);
      await removeNamespace(elasticsearch.url, elasticsearch.namespace);
    },
  };
  return setting;
}

async function killAgainAndAgain(
  setting: Setting,
  { kills, pauseMs, servers, say }: SelSuiteOptions,
  random: Random,
): Promise<number> {
  for (let kill = 1; kill <= kills; kill += 1) {
    await sleep(random.between(...pauseMs));
    // A standby, sometimes, which takes over; an embedded bus has one process.
    if (servers !== undefined && random.next() < 0.4) {
      setting.members.push(setting.start());
      await sleep(random.between(500, 4000));
    }
    const victim = setting.members.shift();
    await victim?.kill();
    say(`shipper: kill -9, ${kill} of ${kills}`);
    if (setting.members.length === 0) setting.members.push(setting.start());
  }
  return kills;
}

/** The numbers of the records in the store, and how often each is there. */
async function numbersIn(store: Store): Promise<Map<number, number>> {
  const numbers = new Map<number, number>();
  await store.refresh();
  const far = Date.now() + 24 * 60 * 60 * 1000;
  for await (const page of store.scanLogs({ type: 'ipmi', from: 0, to: far }))
    for (const { message } of page) {
      const code = /DIMM code 0x([0-9a-f]{4})/.exec(message)?.[1];
      if (code === undefined) continue;
      const number = Number.parseInt(code, 16);
      numbers.set(number, (numbers.get(number) ?? 0) + 1);
    }
  return numbers;
}

async function clearsIn(store: Store): Promise<number> {
  const far = Date.now() + 24 * 60 * 60 * 1000;
  let clears = 0;
  for await (const page of store.scanLogs({ type: 'ipmi', from: 0, to: far }))
    clears += page.filter(({ message }) => message.includes('Log area reset/cleared')).length;
  return clears;
}

/** Waits until as many different records are in the store. */
async function settle(store: Store, count: number, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    if ((await numbersIn(store)).size >= count) return true;
    await sleep(500);
  }
  return false;
}
