import kafkajs, { type Assigner, type PartitionAssigner } from 'kafkajs';
import { z } from 'zod';

/** What a member says of itself when it joins a group. */
const Claim = z.object({
  /** The partitions that it was given last. */
  partitions: z.array(z.int().nonnegative()),
  /** When its membership was confirmed last, in milliseconds since the epoch: of two that claim a partition the older claim is void. */
  confirmedAt: z.number(),
});
export type Claim = z.infer<typeof Claim>;

/** Of a group whose members do not all know this way of dealing, kafkajs' own is taken: an older version of logpatrol has no other. */
const name = 'logpatrol-sticky';

/**
 * Deals partitions evenly, and leaves with a member what it has as far as that is fair: a standby that comes or goes takes nothing
 * from one that works, whose side effect in flight (a card that is being sent) would be repeated by the next.
 *
 * @param partitions of the one topic
 * @param claims by member id
 * @returns the partitions of each member, ascending
 */
export function deal(
  partitions: readonly number[],
  claims: ReadonlyMap<string, Claim>,
): Map<string, number[]> {
  const members = [...claims.keys()].sort();
  const dealt = new Map<string, number[]>(members.map((member) => [member, []]));
  const owned = new Map<string, number[]>(members.map((member) => [member, []]));
  const free: number[] = [];
  for (const partition of [...partitions].sort((a, b) => a - b)) {
    const owner = members
      .filter((member) => claims.get(member)?.partitions.includes(partition) === true)
      .sort((a, b) => (claims.get(b)?.confirmedAt ?? 0) - (claims.get(a)?.confirmedAt ?? 0))[0];
    if (owner === undefined) free.push(partition);
    else owned.get(owner)?.push(partition);
  }
  const least = Math.floor(partitions.length / members.length);
  let withOneMore = partitions.length % members.length;
  const byOwned = members.toSorted((a, b) => (owned.get(b)?.length ?? 0) - (owned.get(a)?.length ?? 0));
  for (const member of byOwned) {
    const own = owned.get(member) ?? [];
    const mayHaveMore = own.length > least && withOneMore > 0;
    if (mayHaveMore) withOneMore -= 1;
    dealt.set(member, own.slice(0, least + (mayHaveMore ? 1 : 0)));
    free.push(...own.slice(least + (mayHaveMore ? 1 : 0)));
  }
  for (const partition of free.sort((a, b) => a - b)) {
    const [fewest] = members.toSorted((a, b) => (dealt.get(a)?.length ?? 0) - (dealt.get(b)?.length ?? 0));
    dealt.get(fewest ?? '')?.push(partition);
  }
  for (const own of dealt.values()) own.sort((a, b) => a - b);
  return dealt;
}

/** The way of dealing as kafkajs takes it. @param own what this member claims, asked at each join */
export function stickyAssigner(own: () => Claim): PartitionAssigner {
  const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
  return ({ cluster }): Assigner => ({
    name,
    version: 0,
    async assign({ members, topics: [topic = ''] }) {
      const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
      const claims = new Map(
        members.map(({ memberId, memberMetadata }) => [
          memberId,
          claimOf(MemberMetadata.decode(memberMetadata)?.userData),
        ]),
      );
      return [...deal(partitions, claims)].map(([memberId, dealt]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: 0,
          assignment: { [topic]: dealt },
          userData: Buffer.alloc(0),
        }),
      }));
    },
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.from(JSON.stringify(own())) }),
    }),
  });
}

function claimOf(userData: Buffer | undefined): Claim {
  try {
    return Claim.parse(JSON.parse(userData?.toString('utf8') ?? ''));
  } catch {
    // What cannot be read claims nothing: its member is dealt to as a new one.
    return { partitions: [], confirmedAt: 0 };
  }
}
