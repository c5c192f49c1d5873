import type { Admin } from 'kafkajs';
import type { CreateClient } from './client.ts';
import { whileSettling } from './settling.ts';

/** One connected admin client, and how many calls use it. */
interface Connected {
  readonly admin: Promise<Admin>;
  users: number;
}

/** kafkajs' admin client, connected when it is first needed, and anew after a failure. */
export class AdminConnection {
  readonly #createClient: CreateClient;
  #current: Connected | undefined;

  constructor(createClient: CreateClient) {
    this.#createClient = createClient;
  }

  /** @throws what kafkajs throws */
  async use<T>(act: (admin: Admin) => Promise<T>): Promise<T> {
    return whileSettling(() => this.#use(act));
  }

  /**
   * The group's committed offsets on a topic; absent where nothing was committed. Right after a commit they can be those
   * before it, for kafkajs cannot ask for stable ones: fence the committer first where that matters.
   *
   * @throws what kafkajs throws
   */
  async committed(group: string, topic: string): Promise<Map<number, number>> {
    const [answer] = await this.use((admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
    const known = (answer?.partitions ?? []).map(
      ({ partition, offset }) => [partition, Number(offset)] as const,
    );
    return new Map(known.filter(([, offset]) => offset >= 0).sort(([a], [b]) => a - b));
  }

  /** The end of each partition, markers of transactions included. @throws what kafkajs throws */
  async ends(topic: string): Promise<Map<number, number>> {
    const offsets = await this.use((admin) => admin.fetchTopicOffsets(topic));
    return new Map(
      offsets.map(({ partition, high }) => [partition, Number(high)] as const).sort(([a], [b]) => a - b),
    );
  }

  /** Members by group, without the prefix; 0 of one that is not there. @throws what kafkajs throws */
  async members(groups: readonly string[], prefix: string): Promise<Map<string, number>> {
    if (groups.length === 0) return new Map();
    const { groups: found } = await this.use((admin) =>
      admin.describeGroups(groups.map((group) => prefix + group)),
    );
    return new Map(
      found.map(({ groupId, members }) => [groupId.slice(prefix.length), members.length] as const),
    );
  }

  close(): void {
    const closed = this.#current;
    this.#current = undefined;
    if (closed?.users === 0) disconnect(closed);
  }

  async #use<T>(act: (admin: Admin) => Promise<T>): Promise<T> {
    this.#current ??= { admin: this.#connect(), users: 0 };
    const used = this.#current;
    used.users += 1;
    try {
      return await act(await used.admin);
    } catch (error) {
      if (this.#current === used) this.#current = undefined; // it may be broken; those who still use it will see
      throw error;
    } finally {
      used.users -= 1;
      if (used.users === 0 && this.#current !== used) disconnect(used);
    }
  }

  async #connect(): Promise<Admin> {
    const admin = this.#createClient().admin();
    await admin.connect();
    return admin;
  }
}

function disconnect({ admin }: Connected): void {
  admin.then((connected) => connected.disconnect()).catch(() => {}); // it is given up
}
