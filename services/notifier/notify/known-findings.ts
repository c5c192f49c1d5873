import { CardMember, Finding } from '#shared/model/index.ts';
import { bareFinding, briefFinding, startOf } from './brief.ts';

/** Brief findings of some 10,000 incidents; beyond it, of those that changed longest ago only the bare facts are kept. */
const defaultMaxBytes = 48 * 1024 * 1024;

interface Known {
  /** What lists on cards show of it. */
  readonly card: CardMember;
  readonly isAcknowledged: boolean;
  /** True where nobody is to be told: it is muted. */
  readonly isMuted: boolean;
  readonly causedBy: string | undefined;
  /** UTF-8 of its JSON, outside of the heap. */
  json: Buffer;
}

/** The newest revision of each finding that is on a card, as cards need it. */
export class KnownFindings {
  readonly #known = new Map<string, Known>();
  /** Ids of those that are not bare; the one that has not changed for the longest time comes first. */
  readonly #brief = new Set<string>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = defaultMaxBytes) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps it, unless a newer revision is known. */
  put(finding: Finding): void {
    if ((this.#known.get(finding.id)?.card.revision ?? 0) > finding.revision) return;
    this.delete(finding.id);
    const known: Known = {
      card: cardMemberOf(finding),
      isAcknowledged: finding.acknowledged !== undefined,
      isMuted: finding.muted !== undefined && finding.pinned !== true,
      causedBy: finding.pinned === true ? undefined : finding.causedBy?.id,
      json: Buffer.from(JSON.stringify(briefFinding(finding))),
    };
    this.#known.set(finding.id, known);
    this.#brief.add(finding.id);
    this.#bytes += known.json.length;
    this.#shrink();
  }

  get(id: string): Omit<Known, 'json'> | undefined {
    return this.#known.get(id);
  }

  finding(id: string): Finding | undefined {
    const known = this.#known.get(id);
    return known === undefined ? undefined : findingIn(known.json);
  }

  /** Forgets all that are on no card any more. */
  retain(isOnCard: (id: string) => boolean): void {
    for (const id of this.#known.keys()) if (!isOnCard(id)) this.delete(id);
  }

  delete(id: string): void {
    this.#bytes -= this.#known.get(id)?.json.length ?? 0;
    this.#known.delete(id);
    this.#brief.delete(id);
  }

  #shrink(): void {
    for (const id of this.#brief) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#brief.delete(id);
      const known = this.#known.get(id);
      if (known === undefined) continue;
      const bare = Buffer.from(JSON.stringify(bareFinding(findingIn(known.json))));
      this.#bytes += bare.length - known.json.length;
      known.json = bare;
    }
  }
}

function findingIn(json: Buffer): Finding {
  return Finding.parse(JSON.parse(json.toString('utf8')));
}

/** Longer titles would make a list of fifty a large one. */
const mostCharacters = 160;

function cardMemberOf(finding: Finding): CardMember {
  const member = CardMember.parse(finding);
  return { ...member, title: startOf(member.title, mostCharacters) };
}
