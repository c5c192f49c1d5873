import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import pino from 'pino';
import type { BusHarness, Participant } from '../contract.ts';
import { type KafkaBusOptions, openKafkaBus } from '../kafka.ts';
import type { Bus } from '../port.ts';
import { Line } from './line.ts';

/** For tests: buses on one real cluster, under a prefix that nobody else uses. */
export class TestBuses {
  readonly prefix = `test-${randomBytes(4).toString('hex')}-`;
  readonly address: string;
  /** A client of kafkajs', for what the port cannot do. */
  readonly kafka: Kafka;
  readonly #closing: (() => Promise<unknown>)[] = [];

  constructor(address: string) {
    this.address = address;
    this.kafka = new Kafka({
      brokers: [address],
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 50 },
    });
  }

  async open(more: Partial<KafkaBusOptions> = {}): Promise<Bus> {
    const bus = await openKafkaBus({
      clientId: 'test',
      logger: pino({ level: process.env.LOGPATROL_TEST_LOG ?? 'silent' }),
      kafka: {
        brokers: [this.address],
        prefix: this.prefix,
        replicationFactor: 1,
        tls: false,
        sessionTimeoutSeconds: 6,
      },
      ...more,
    });
    this.#closing.push(() => bus.close());
    return bus;
  }

  async harness(): Promise<BusHarness> {
    const bus = await this.open();
    const join: BusHarness['join'] = async (stage): Promise<Participant> => {
      const line = await Line.open(this.address);
      this.#closing.push(async () => line.close());
      const own = await this.open({ socketFactory: line.socketFactory });
      return {
        member: await own.run(stage),
        stall: async () => line.stall(),
        wake: async () => line.wake(),
        die: async () => line.cut(),
      };
    };
    return { bus, join, close: () => this.close() };
  }

  /** Ends all of them, and deletes what was made under the prefix. */
  async close(): Promise<void> {
    await Promise.all(this.#closing.map((end) => end()));
    const admin = this.kafka.admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((name) => name.startsWith(this.prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics, timeout: 20_000 });
    const { groups } = await admin.listGroups();
    const own = groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(this.prefix));
    // one whose member died has its session yet; the broker forgets an empty group by itself
    if (own.length > 0) await admin.deleteGroups(own).catch(() => {});
    await admin.disconnect();
  }
}
