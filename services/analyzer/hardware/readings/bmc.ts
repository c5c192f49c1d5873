import type { Config } from '#shared/config/index.ts';
import type { Clear, Hit, ServerStatus } from '#shared/model/index.ts';
import type { Finding, OpenFindings } from './open-findings.ts';
import { rules } from './rules.ts';
import { statusExemplar } from './text.ts';
import { wording } from './wording.ts';

const troubles = ['unreachable', 'refused', 'invalid'] as const;

/**
 * What a poll's outcome says of the BMC: unreachable (or without sense) for more polls in a row than its server bears, refused at once,
 * and well again with the first answer. Each BMC is an incident of its own, so that one which fails later is told too; like ones share a card. It says nothing of the machine.
 */
export function judgeBmc(
  status: ServerStatus,
  arrivedAt: number,
  open: OpenFindings,
  config: Pick<Config, 'language' | 'ipmi'>,
): (Hit | Clear)[] {
  const { outcome, server, host, failures, reason = '' } = status;
  const at = Date.parse(status.timestamp);
  const exemplar = statusExemplar(status);
  const end = (trouble: (typeof troubles)[number]) =>
    open.clear(keyOf(trouble, server), { at, arrivedAt, exemplar });
  if (outcome === 'ok') return troubles.flatMap(end);
  const bears = status.maxRetries ?? maxRetriesOf(config, server);
  if (outcome !== 'refused' && failures <= bears && open.get(keyOf(outcome, server)) === undefined) return [];
  const say = wording[config.language];
  const detail = {
    unreachable: () => say.unreachable(server, failures, reason),
    refused: () => say.refused(server, reason),
    invalid: () => say.invalid(server, failures, reason),
  }[outcome]();
  const finding: Finding = {
    rule: rules[outcome].id,
    title: rules[outcome].title[config.language],
    runbook: rules[outcome].runbook,
    host,
    service: 'hardware',
    type: 'ipmi',
    sensor: server,
    component: 'bmc',
    severity: 'warning',
    firstSeen: at,
    lastSeen: at,
    detail,
    numbers: { failures },
    exemplars: [exemplar],
  };
  // One trouble takes the other's place: an answer that refuses is an answer.
  const others = troubles.filter((each) => each !== outcome).flatMap(end);
  return [...others, ...open.see(keyOf(outcome, server), finding, arrivedAt)];
}

function keyOf(trouble: string, server: string): string {
  return `bmc ${trouble} ${server}`;
}

function maxRetriesOf({ ipmi }: Pick<Config, 'ipmi'>, server: string): number {
  return ipmi.servers.find(({ name }) => name === server)?.maxRetries ?? ipmi.maxRetries;
}
