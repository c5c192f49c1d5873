import type { Bus, BusRecord } from '#shared/bus/port.ts';

/** Looks for records of a topic that hold a text, from where the topic ended when the trail was begun. */
export class Trail {
  readonly #bus: Bus;
  readonly #topic: string;
  readonly #from: Map<number, number>;

  private constructor(bus: Bus, topic: string, from: ReadonlyMap<number, number>) {
    this.#bus = bus;
    this.#topic = topic;
    this.#from = new Map(from);
  }

  /** @throws LogpatrolError `unreachable` where the bus does not answer, `unusable-environment` where there is no such topic */
  static async begin(bus: Bus, topic: string): Promise<Trail> {
    return new Trail(bus, topic, await bus.ends(topic));
  }

  /**
   * The first new record that holds the text and that `fits` takes; what stands before it is not looked at again, itself is.
   *
   * @throws LogpatrolError `unreachable` where the bus does not answer
   */
  async find<T>(text: string, fits: (record: BusRecord) => T | undefined): Promise<T | undefined> {
    for await (const record of this.#bus.read(this.#topic, { from: this.#from })) {
      // Far most records are others'; they need not be parsed.
      const found = record.value?.includes(text) === true ? fits(record) : undefined;
      if (found !== undefined) return found;
      this.#from.set(record.partition, record.offset + 1);
    }
    return undefined;
  }
}
