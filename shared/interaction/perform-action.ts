import { createHash, randomUUID } from 'node:crypto';
import { auditRecord, type Origin } from '#shared/audit/index.ts';
import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import type { Alongside, ControlBook } from '#shared/controls/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { ActionSignal, Actor, AuditEntry, Control, Finding, PersonAction } from '#shared/model/index.ts';
import { controlFor } from './control-for.ts';
import { type FindingSource, latestFinding, partitionOf } from './finding.ts';
import { isAllowed, refusalOf } from './judge.ts';
import { actorOf } from './person.ts';
import { type Refusal, type Wording, wordingOf } from './wording.ts';

/** What actions are carried out with. */
export interface ActionDesk extends FindingSource {
  readonly book: ControlBook;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly config: Pick<Config, 'people' | 'interaction' | 'domains'>;
}

/** Who wants what done about an incident. Nothing in it needs to have been checked, but who they are and what their role is. */
export interface ActionRequest extends Origin {
  readonly incidentId: string;
  readonly action: PersonAction;
  readonly by: Actor;
  /** One of `interaction.roles`; absent for who may do everything: who has the token of the API, or the data itself. */
  readonly role?: string | undefined;
  /** To whom it is handed over: a key of `people`. */
  readonly to?: string | undefined;
  /** Cut to 500 characters. */
  readonly note?: string | undefined;
  /** What tells this wish from another: one that comes twice is done once. */
  readonly eventId?: string | undefined;
  /** The channel whose card it was. */
  readonly channel?: string | undefined;
  /** When they wanted it, in milliseconds since the epoch; absent: now. */
  readonly at?: number | undefined;
}

export type ActionAnswer =
  | {
      readonly kind: 'done';
      readonly action: PersonAction;
      /** The silence or feedback that it put in force. */
      readonly control?: Control;
      readonly sentence: Wording;
    }
  | { readonly kind: 'refused'; readonly why: Refusal; readonly sentence: Wording };

const longestNote = 500;

/**
 * Does what a person wants done about an incident: tells correlation, puts a silence or feedback in force, and writes the audit log, in
 * one transaction. What is refused is written to the audit log too.
 *
 * @throws LogpatrolError `unreachable`, `no-space`: nothing is done, and to try the same request again does no harm
 */
export async function performAction(desk: ActionDesk, request: ActionRequest): Promise<ActionAnswer> {
  const { config, clock, logger } = desk;
  const at = request.at ?? clock();
  const note = request.note?.trim().slice(0, longestNote) || undefined;
  const to = request.to === undefined ? undefined : actorOf(config, request.to);
  const wish = { ...request, to };
  const id = idOf(request);
  const refuse = async (why: Refusal): Promise<ActionAnswer> => {
    const sentence = wordingOf({ kind: 'refused', why });
    const entry = entryOf(request, {
      // It may be done another time, and is another entry then.
      ...{ id: `${id}-refused`, at, note },
      ...{ outcome: 'refused', why: sentence.en },
    });
    await write(desk, [auditRecord(entry)]);
    logger.info({ audit: entry }, `${request.action} by ${request.by.name} refused: ${why}`);
    return { kind: 'refused', why, sentence };
  };
  if (!isAllowed(config, request.role, request.action)) return refuse('role');
  const partition = partitionOf(request.incidentId, config);
  if (partition === undefined) return refuse('unknown');
  const needsNewest = request.action === 'silence-until-resolved';
  const finding = await latestFinding(
    desk,
    request.incidentId,
    ({ state }) => state !== 'resolved' && !needsNewest,
  );
  if (finding === undefined) return refuse('unknown');
  const why = refusalOf(wish, finding);
  if (why !== undefined) return refuse(why);

  const { action, by } = request;
  const isHandedOver = action === 'hand-over' && to !== undefined;
  const done = { id, at, note, finding, partition, to: isHandedOver ? to : undefined };
  const records = (control?: Control) => recordsOf(request, done, control);
  const draft = controlFor(action, finding, { by, note, at });
  try {
    const control = draft === undefined ? undefined : await desk.book.add(draft, records);
    if (control === undefined) await write(desk, records());
    const told = { id, action, by, ...(isHandedOver && { to }), note };
    logger.info({ action: told, via: request.via }, `${action} by ${by.name} on ${finding.id}`);
    const sentence = wordingOf({ kind: 'done', action, to: isHandedOver ? to : undefined });
    return { kind: 'done', action, sentence, ...(control && { control }) };
  } catch (thrown) {
    if (thrown instanceof LogpatrolError && thrown.kind === 'usage') return refuse('full');
    throw thrown;
  }
}

/** Something that a person did: what it is about, and when, in milliseconds since the epoch. */
interface Done {
  readonly id: string;
  readonly at: number;
  readonly note: string | undefined;
  readonly finding: Finding;
  /** The finding's, on the narrow topics. */
  readonly partition: number;
  readonly to: Actor | undefined;
}

/** What is written of it: for correlation, which puts it on the card, and in the audit log. */
function recordsOf(
  request: Pick<ActionRequest, 'incidentId' | 'action' | 'by' | 'channel' | keyof Origin>,
  { id, at, note, finding, partition, to }: Done,
  control?: Control,
): OutRecord[] {
  const { action, by } = request;
  const signal: ActionSignal = {
    kind: 'action',
    ...{ id, domain: finding.domain, incidentId: finding.id, action, by },
    ...(to !== undefined && { to }),
    ...(note !== undefined && { note }),
    at: new Date(at).toISOString(),
  };
  const controlId = control === undefined ? {} : { controlId: control.id };
  return [
    { topic: topic.signals, partition, key: finding.id, value: JSON.stringify(signal) },
    auditRecord(entryOf(request, { id, at, note, outcome: 'done', ...controlId })),
  ];
}

/**
 * What is written beside the control of feedback that did not come from a card: the same as of a click there. Who gave it is one of `people`
 * where the name they give is a key of it.
 *
 * @param at milliseconds since the epoch
 */
export function feedbackRecords(
  config: Pick<Config, 'people' | 'domains'>,
  origin: Origin,
  at: number,
): (finding: Finding) => Alongside {
  return (finding) => (control) => {
    const by = actorOf(config, control.by) ?? { id: control.by, name: control.by };
    const request = { ...origin, incidentId: finding.id, action: 'not-a-problem', by } as const;
    const id = randomUUID();
    const note = control.note?.slice(0, longestNote);
    const partition = partitionOf(finding.id, config);
    // One of a domain that is no more: nobody tells of it, and the feedback holds for its like all the same.
    if (partition === undefined)
      return [auditRecord(entryOf(request, { id, at, note, outcome: 'done', controlId: control.id }))];
    return recordsOf(request, { id, at, note, finding, partition, to: undefined }, control);
  };
}

/** The same for the same event, in every process. */
function idOf({ via, eventId }: ActionRequest): string {
  if (eventId === undefined) return randomUUID();
  return createHash('sha256').update(`${via}:${eventId}`).digest('hex').slice(0, 32);
}

function entryOf(
  {
    incidentId,
    action,
    by,
    via,
    address,
    account,
    channel,
  }: Pick<ActionRequest, 'incidentId' | 'action' | 'by' | 'channel' | keyof Origin>,
  {
    at,
    note,
    ...rest
  }: Pick<AuditEntry, 'id' | 'outcome' | 'why' | 'controlId'> & {
    readonly at: number;
    readonly note: string | undefined;
  },
): AuditEntry {
  return {
    ...rest,
    ...{ at: new Date(at).toISOString(), by, via, action, incidentId: incidentId.slice(0, 200) },
    ...(channel !== undefined && { channel }),
    ...(note !== undefined && { note }),
    ...(address !== undefined && { address }),
    ...(account !== undefined && { account }),
  };
}

async function write({ bus }: ActionDesk, records: readonly OutRecord[]): Promise<void> {
  // A name of its own, for a writer fences whoever has the same; what people do is a matter of once in a while.
  const writer = await bus.writer(`actions-${randomUUID()}`);
  try {
    await writer.write(records);
  } finally {
    await writer.close();
  }
}
