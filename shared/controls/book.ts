import { createHash, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Bus, OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { Control, ControlDraft } from '#shared/model/index.ts';
import { isInForce } from './muted-by.ts';
import { readControls } from './read-controls.ts';

const day = 24 * 60 * 60 * 1000;
/** So long after its end a control can still be listed; whoever writes next takes it away. */
const expiredKeptMs = 7 * day;
/** Whether an incident has been resolved is not known here; none that is quiet for so long is worth a control of its own. */
const openingKeptMs = 30 * day;
/** Each is looked at for each incident; so many are nobody's intention. */
const mostControls = 2000;

export interface BookOptions {
  readonly bus: Bus;
  /** Told of every change: `logpatrol controls` and the gateway log it. */
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * What is written in the same transaction as a change of a control: who is behind it (`audited`), and what else must not come
 * without it.
 */
export type Alongside = (control: Control) => readonly OutRecord[];

/** What became of a wish to change a control. */
export type Undone = { readonly kind: 'undone'; readonly control: Control } | { readonly kind: 'unknown' };

/** Lists and changes controls. Each call reads the topic anew, so that it sees what anybody has written before. */
export class ControlBook {
  readonly #options: BookOptions;

  constructor(options: BookOptions) {
    this.#options = options;
  }

  /** All that have not been undone, expired ones of the last days included; the newest first. */
  async list(): Promise<Control[]> {
    const { state } = await readControls(this.#options.bus, this.#options.logger);
    return [...state.controls.values()].sort(
      (a, b) => b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id),
    );
  }

  /**
   * Puts a control in force, and takes away those that expired some days ago. What is said again of the same scope (same kind, same
   * beginning) takes the place of what was said before.
   *
   * @throws LogpatrolError `usage` where it would be over already, or there are too many
   */
  async add(draft: ControlDraft, alongside: Alongside): Promise<Control> {
    const now = this.#options.clock();
    if (draft.until !== undefined && Date.parse(draft.until) <= now)
      throw new LogpatrolError('usage', `until ${draft.until} is over already`);
    const control: Control = { id: idOf(draft), ...draft, createdAt: new Date(now).toISOString() };
    const known = await this.list();
    const over = known.filter(
      (one) =>
        one.id !== control.id &&
        (Date.parse(one.until ?? '') + expiredKeptMs <= now ||
          (one.opening !== undefined && Date.parse(one.createdAt) + openingKeptMs <= now)),
    );
    if (known.length - over.length >= mostControls)
      throw new LogpatrolError(
        'usage',
        `there are ${mostControls} controls already; undo some of them first`,
      );
    const gone = over.map(({ id }) => recordOf(id, null));
    await this.#write([recordOf(control.id, control), ...gone, ...alongside(control)]);
    this.#options.logger.info({ control }, `control ${control.id} added by ${control.by}`);
    return control;
  }

  /** Takes a control back. */
  async undo(id: string, by: string, alongside: Alongside): Promise<Undone> {
    const control = (await this.list()).find((one) => one.id === id);
    if (control === undefined) return { kind: 'unknown' };
    await this.#write([recordOf(id, null), ...alongside(control)]);
    this.#options.logger.info({ control, by }, `control ${id} undone by ${by}`);
    return { kind: 'undone', control };
  }

  async #write(records: readonly OutRecord[]): Promise<void> {
    // A name of its own, for a writer fences whoever has the same; a change is a matter of once in a while.
    const writer = await this.#options.bus.writer(`controls-${randomUUID()}`);
    try {
      await writer.write(records);
    } finally {
      await writer.close();
    }
  }
}

/** What the control is worth at this moment. */
export function stateOf(control: Control, now: number): 'in force' | 'planned' | 'expired' {
  if (isInForce(control, now)) return 'in force';
  return control.until !== undefined && Date.parse(control.until) <= now ? 'expired' : 'planned';
}

/** Short enough to be typed, and the same for the same wish. */
function idOf({ kind, scope, from, opening }: ControlDraft): string {
  const { fingerprint, template, rule, service, host, type, incident } = scope;
  const ofIncident = incident === undefined ? [] : [incident, opening];
  const wish = JSON.stringify([kind, fingerprint, template, rule, service, host, type, from, ...ofIncident]);
  return createHash('sha256').update(wish).digest('hex').slice(0, 10);
}

function recordOf(id: string, control: Control | null): OutRecord {
  return {
    topic: topic.controls,
    partition: 0,
    key: id,
    value: control === null ? null : JSON.stringify(control),
  };
}
