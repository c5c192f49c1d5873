import type { ActionSignal } from '#shared/model/index.ts';
import type { IncidentRecord } from './incident-record.ts';

/**
 * What became of a person's action: `done`; `noted`: it changes nothing about the incident and stands in its history; `repeated`: it
 * came before; `unknown`: there is no such incident, or no longer.
 */
const actionOutcomes = ['done', 'noted', 'repeated', 'unknown'] as const;
export type ActionOutcome = (typeof actionOutcomes)[number];

/** Carries out what a person did about an incident. @param now milliseconds since the epoch */
export function carryOut(record: IncidentRecord, action: ActionSignal, now: number): ActionOutcome {
  // Nobody has been told of it, so nobody can have meant it.
  if (record.state === 'pending') return 'unknown';
  if (record.handling.knows(action)) return 'repeated';
  record.handling.note(action);
  record.touch(false);
  const at = Date.parse(action.at);
  // What was said before it was reopened was said of what is over.
  if (!record.isOpen || at < (record.reopenedAt ?? at)) return 'noted';
  switch (action.action) {
    case 'acknowledge':
      record.acknowledge(action);
      return 'done';
    case 'resolve':
      // A clock that is ahead must not keep what comes from now on from reopening it.
      record.resolve('person', Math.min(at, now));
      return 'done';
    case 'hand-over':
      if (action.to === undefined) return 'noted';
      record.handling.handOver(action.to);
      return 'done';
    // Controls carry these out; `muted` says so.
    case 'not-a-problem':
    case 'silence-1h':
    case 'silence-8h':
    case 'silence-until-resolved':
      return 'noted';
  }
}
