/** A member as its group sees it. */
export interface GroupMember {
  /** Gives up these partitions; resolves when nothing of them is in flight. */
  release(partitions: readonly number[]): Promise<void>;
  /** Takes these partitions over. */
  take(partitions: readonly number[]): void;
}

/**
 * The members of one group on one topic, in one process, and which of them has which partition. A partition stays where it
 * is as long as the shares are even, so that a join moves as little as possible.
 */
export class Group {
  readonly #count: () => number;
  readonly #members = new Set<GroupMember>();
  readonly #owners = new Map<number, GroupMember>();
  #dealing: Promise<void> = Promise.resolve();

  /** @param count how many partitions the topic has; asked at each dealing */
  constructor(count: () => number) {
    this.#count = count;
  }

  isOwner(member: GroupMember, partition: number): boolean {
    return this.#owners.get(partition) === member;
  }

  has(member: GroupMember): boolean {
    return this.#members.has(member);
  }

  join(member: GroupMember): void {
    this.#members.add(member);
    this.#deal();
  }

  /** The member's partitions go to the others as soon as it has let go of them. */
  async leave(member: GroupMember): Promise<void> {
    this.#members.delete(member);
    this.#deal();
    await this.#dealing;
  }

  /** The member's partitions go to the others without its being asked: what it still does there is refused. */
  evict(member: GroupMember): void {
    this.#members.delete(member);
    for (const [partition, owner] of this.#owners) if (owner === member) this.#owners.delete(partition);
    this.#deal();
  }

  /** One dealing after the other: a partition must have been released before it is taken. */
  #deal(): void {
    this.#dealing = this.#dealing.then(async () => {
      const shares = this.#shares();
      const released = new Map<GroupMember, number[]>();
      for (const [partition, owner] of this.#owners) {
        if (shares.get(partition) !== owner) released.set(owner, [...(released.get(owner) ?? []), partition]);
      }
      await Promise.all([...released].map(([member, partitions]) => member.release(partitions)));
      for (const partitions of released.values()) for (const one of partitions) this.#owners.delete(one);
      for (const member of this.#members) {
        const taken = [...shares].filter(([one, owner]) => owner === member && !this.#owners.has(one));
        for (const [partition] of taken) this.#owners.set(partition, member);
        if (taken.length > 0) member.take(taken.map(([partition]) => partition));
      }
    });
  }

  /** Who should have which partition: even shares, each owner keeping as much of its own as its share allows. */
  #shares(): Map<number, GroupMember> {
    const shares = new Map<number, GroupMember>();
    const members = [...this.#members];
    if (members.length === 0) return shares;
    const count = this.#count();
    const least = Math.floor(count / members.length);
    let larger = count % members.length;
    const counts = new Map(members.map((member) => [member, 0]));
    const give = (partition: number, member: GroupMember): boolean => {
      const share = counts.get(member);
      if (share === undefined || share > least || (share === least && larger === 0)) return false;
      if (share === least) larger -= 1;
      counts.set(member, share + 1);
      shares.set(partition, member);
      return true;
    };
    for (const [partition, owner] of this.#owners) give(partition, owner);
    for (let partition = 0; partition < count; partition += 1) {
      if (!shares.has(partition)) members.some((member) => give(partition, member));
    }
    return shares;
  }
}
