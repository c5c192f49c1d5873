import type { ISocketFactory } from 'kafkajs';
import type { Logger } from 'pino';
import { LogpatrolError } from '#shared/errors/index.ts';
import { AdminConnection } from './kafka/admin.ts';
import { type CreateClient, clientFactory, type KafkaSettings } from './kafka/client.ts';
import { registerCodecs } from './kafka/codecs.ts';
import { isFromKafka, protocolError, toLogpatrolError } from './kafka/failure.ts';
import { ByteBudget } from './kafka/feed.ts';
import { installFetchResponse } from './kafka/fetch-response.ts';
import { kafkaHealth, kafkaVersion } from './kafka/health.ts';
import { checkInternals } from './kafka/internals.ts';
import { StageMember } from './kafka/member.ts';
import { readSnapshot } from './kafka/snapshot.ts';
import { setUpTopics, verifyTopics } from './kafka/topics.ts';
import { KafkaWriter } from './kafka/writer.ts';
import type {
  Bus,
  BusObserver,
  BusRecord,
  Change,
  DependencyHealth,
  Member,
  StageDefinition,
  TopicSpec,
  Writer,
} from './port.ts';

export interface KafkaBusOptions {
  readonly kafka: KafkaSettings;
  /** What the brokers' logs and quotas call this process. */
  readonly clientId: string;
  readonly logger: Logger;
  readonly observer?: BusObserver | undefined;
  /** Milliseconds since the epoch; given to the stages. */
  readonly clock?: () => number;
  /** How to connect, where not straight to the broker. */
  readonly socketFactory?: ISocketFactory;
}

/** What all stages of a process may hold fetched ahead, in bytes; each partition may have one fetch beyond it. */
const aheadBytes = 64 * 1024 * 1024;

/**
 * A bus on Kafka. Nothing is connected until it is needed, so that it opens while the cluster is away.
 *
 * @throws Error where kafkajs is not the version whose insides are known
 */
export async function openKafkaBus(options: KafkaBusOptions): Promise<Bus> {
  await registerCodecs();
  installFetchResponse();
  const createClient = clientFactory(options.kafka, options.clientId, options.logger, options.socketFactory);
  checkInternals(createClient());
  return new KafkaBus(options, createClient);
}

class KafkaBus implements Bus {
  readonly #createClient: CreateClient;
  readonly #settings: KafkaSettings;
  readonly #brokers: string;
  readonly #observer: BusObserver;
  readonly #clock: () => number;
  readonly #admin: AdminConnection;
  readonly #budget = new ByteBudget(aheadBytes);
  readonly #members = new Set<Member>();
  readonly #writers = new Set<Writer>();
  /** Asked for once. */
  #version: string | undefined;
  readonly #explain: (thrown: unknown, doing: string) => LogpatrolError;

  constructor(
    { kafka, logger, observer = {}, clock = Date.now }: KafkaBusOptions,
    createClient: CreateClient,
  ) {
    this.#createClient = createClient;
    this.#settings = kafka;
    this.#brokers = kafka.brokers.join(',');
    this.#clock = clock;
    this.#admin = new AdminConnection(createClient);
    this.#explain = (thrown, doing) => toLogpatrolError(thrown, doing, this.#brokers);
    this.#observer = {
      ...observer,
      trouble: (event) => {
        const { group, error } = event;
        // what an operator can mend says so in its line; of a defect the place is wanted
        const detail = error instanceof LogpatrolError ? { kind: error.kind } : { err: error };
        logger.warn({ group, ...detail }, error.message);
        observer.trouble?.(event);
      },
    };
  }

  async run<Outcome>(stage: StageDefinition<Outcome>): Promise<Member> {
    await this.#requireTopics([stage.input, ...stage.state]);
    const member = new StageMember<Outcome>({
      stage,
      createClient: this.#createClient,
      admin: this.#admin,
      budget: this.#budget,
      prefix: this.#settings.prefix,
      sessionTimeoutMs: this.#settings.sessionTimeoutSeconds * 1000,
      clock: this.#clock,
      observer: this.#observer,
      explain: this.#explain,
    });
    await this.#attempt(`join group ${stage.group}`, () => member.start());
    this.#members.add(member);
    const forget = () => this.#members.delete(member);
    member.ended.then(forget, forget);
    return member;
  }

  async writer(id: string): Promise<Writer> {
    const { prefix } = this.#settings;
    const writer: KafkaWriter = new KafkaWriter({
      createClient: this.#createClient,
      prefix,
      id,
      explain: this.#explain,
      onClosed: () => this.#writers.delete(writer),
    });
    await writer.open();
    this.#writers.add(writer);
    return writer;
  }

  async *read(
    topic: string,
    options: { partition?: number; from?: ReadonlyMap<number, number> } = {},
  ): AsyncGenerator<BusRecord> {
    try {
      yield* readSnapshot(this.#createClient, this.#settings.prefix + topic, topic, options);
    } catch (error) {
      if (protocolError(error) === 'UNKNOWN_TOPIC_OR_PARTITION') throw this.#missing([topic]);
      throw isFromKafka(error) ? this.#explain(error, `read ${topic}`) : error;
    }
  }

  committed(group: string, topic: string): Promise<ReadonlyMap<number, number>> {
    const { prefix } = this.#settings;
    return this.#attempt(`look up the offsets of group ${group}`, () =>
      this.#admin.committed(prefix + group, prefix + topic),
    );
  }

  async ends(topic: string): Promise<ReadonlyMap<number, number>> {
    try {
      return await this.#admin.ends(this.#settings.prefix + topic);
    } catch (error) {
      if (protocolError(error) === 'UNKNOWN_TOPIC_OR_PARTITION') throw this.#missing([topic]);
      throw this.#explain(error, `look up the end of ${topic}`);
    }
  }

  members(groups: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#attempt('look at the groups', () => this.#admin.members(groups, this.#settings.prefix));
  }

  setup(topics: readonly TopicSpec[], { dryRun = false } = {}): Promise<Change[]> {
    const { prefix, replicationFactor } = this.#settings;
    return this.#attempt('set the topics up', () =>
      this.#admin.use((admin) => setUpTopics(admin, topics, { prefix, replicationFactor, dryRun })),
    );
  }

  verify(topics: readonly TopicSpec[]): Promise<string[]> {
    return this.#attempt('look at the topics', () =>
      this.#admin.use((admin) => verifyTopics(admin, topics, this.#settings)),
    );
  }

  async health(): Promise<DependencyHealth> {
    const health = await kafkaHealth(this.#admin, this.#brokers, this.#settings.replicationFactor);
    if (!health.ok) return health;
    this.#version ??= await kafkaVersion(this.#createClient).catch(() => undefined); // health holds without it
    return this.#version === undefined ? health : { ...health, version: this.#version };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.stop()));
    await Promise.all([...this.#writers].map((writer) => writer.close()));
    this.#admin.close();
  }

  /** Members of a group whose topic is missing would wait for ever. */
  async #requireTopics(names: readonly string[]): Promise<void> {
    const existing = await this.#attempt('list the topics', () =>
      this.#admin.use((admin) => admin.listTopics()),
    );
    const missing = names.filter((name) => !existing.includes(this.#settings.prefix + name));
    if (missing.length > 0) throw this.#missing(missing);
  }

  #missing(names: readonly string[]): LogpatrolError {
    const topics = names.map((name) => this.#settings.prefix + name).join(', ');
    return new LogpatrolError(
      'unusable-environment',
      `Kafka at ${this.#brokers}: topic ${topics} is missing: run logpatrol setup`,
    );
  }

  async #attempt<T>(doing: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw this.#explain(error, doing);
    }
  }
}
