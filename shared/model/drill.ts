/** The service that drills write their lines as; nobody else's lines are of it. */
export const drillService = 'logpatrol-drill';

/** The rule pack that knows drills (`rules/logpatrol.yaml`). */
export const drillPack = 'logpatrol';

/**
 * Whether an incident or a finding is a drill's: it is told on a card like any other, and counts nowhere as one. The label stands in the
 * rule pack, so a team can mark rules of its own as drills too; what a log says of itself cannot.
 */
export function isDrill({
  labels,
}: {
  readonly labels?: Readonly<Record<string, string>> | undefined;
}): boolean {
  return labels?.drill === 'true';
}
