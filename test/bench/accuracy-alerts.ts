/** The share of alerts that are right as the stream goes on, with one click of feedback on each wrong one. */
import { mutedBy } from '#shared/controls/index.ts';
import { type Control, type Finding, isAtLeast } from '#shared/model/index.ts';
import { alarmSeverity } from './accuracy-detection.ts';

/** An incident that would be told, in the order of the stream. */
export interface Alert {
  readonly finding: Pick<
    Finding,
    'id' | 'rule' | 'fingerprint' | 'service' | 'type' | 'hosts' | 'severity'
  > & {
    readonly pinned?: boolean | undefined;
    readonly template?: string | undefined;
  };
  /** One of its lines is labelled, or the application that it is of is abnormal. */
  readonly isRight: boolean;
  /** Which set it is of. */
  readonly set: string;
}

export interface AlertFigures {
  /** Cumulative: after so many alerts told, so many of them were right. */
  readonly curve: readonly { readonly told: number; readonly right: number }[];
  readonly told: number;
  readonly right: number;
  /** Alerts that an earlier click kept quiet: wrong ones, and right ones that were lost by it. */
  readonly muted: { readonly wrong: number; readonly right: number };
  readonly clicks: number;
  readonly sets: readonly { readonly set: string; readonly told: number; readonly right: number }[];
}

/** What the click on a wrong alert silences: what has its fingerprint, in its service. */
function feedbackOn({ finding }: Alert, number: number): Control {
  return {
    id: `click-${number}`,
    kind: 'feedback',
    scope: { fingerprint: finding.fingerprint, service: finding.service },
    by: 'whoever reads the alerts',
    createdAt: new Date(0).toISOString(),
  };
}

/** Tells the alerts one after the other, each unless an earlier click has muted it, by the product's own judgement. */
export function toldOf(alerts: readonly Alert[]): AlertFigures {
  // A new list with each click: what is known of one list is remembered.
  let controls: readonly Control[] = [];
  const curve: { told: number; right: number }[] = [];
  const sets = new Map<string, { set: string; told: number; right: number }>();
  const muted = { wrong: 0, right: 0 };
  let right = 0;
  for (const alert of alerts) {
    const { finding } = alert;
    if (!isAtLeast(finding.severity, alarmSeverity)) continue;
    if (mutedBy({ ...finding, pinned: finding.pinned ?? false }, controls, [], 1) !== undefined) {
      muted[alert.isRight ? 'right' : 'wrong'] += 1;
      continue;
    }
    if (alert.isRight) right += 1;
    else controls = [...controls, feedbackOn(alert, controls.length)];
    curve.push({ told: curve.length + 1, right });
    const set = sets.get(alert.set) ?? { set: alert.set, told: 0, right: 0 };
    set.told += 1;
    if (alert.isRight) set.right += 1;
    sets.set(alert.set, set);
  }
  return { curve, told: curve.length, right, muted, clicks: controls.length, sets: [...sets.values()] };
}
