import { createHash } from 'node:crypto';
import type { Exemplar, Incident, RelatedIncident } from '#shared/model/index.ts';
import { exceptionHead } from '#shared/text/exception-head.ts';
import { mask } from '../detect/mask.ts';
import type { Neighbour } from './context.ts';
import { instructions } from './instructions.ts';
import type { Language } from './language.ts';

/** To be raised where the prompt or the reading of answers changes in a way that its instructions do not show. */
const version = 1;

/** Lines of one exemplar that are looked at for what an exception was caused by. */
const maxLines = 400;

/** What a conclusion rests on, besides what is fetched for it. */
export interface Evidence {
  readonly neighbours: readonly Neighbour[];
  readonly hardware: RelatedIncident | undefined;
  readonly language: Language;
  readonly model: string;
  readonly digest: string | undefined;
}

/**
 * What an incident looks like to the model, as a hash: equal for incidents of one fingerprint about which it would say the same.
 * Numbers, names and addresses in lines do not count, nor how often it occurred within an order of magnitude; what its lines
 * say, how far it has spread, which hardware or critical failures stand beside it, and who is asked how, do. What is looked up
 * (runbooks, earlier failures, stored lines) does not: it differs from one moment to the next, by what there was time for.
 */
export function shapeOf(incident: Incident, evidence: Evidence): string {
  const { rule, severity, runbook, count, hostCount, flapping, knownGood, exemplars } = incident;
  const facts = [
    version,
    instructions[evidence.language],
    evidence.language,
    evidence.model,
    evidence.digest,
    [rule, severity, runbook, flapping === true, knownGood === true],
    [magnitude(count), magnitude(hostCount)],
    distinct(exemplars.flatMap(tellingLines)),
    evidence.hardware && [evidence.hardware.service, evidence.hardware.title],
    distinct(
      evidence.neighbours
        .filter(({ isHardware, severity }) => isHardware || severity === 'critical')
        .map(({ isHardware, service, title }) => `${isHardware} ${service} ${mask(title)}`),
    ),
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

/** Its first line, and what exceptions it names, without what varies. */
function tellingLines({ text }: Exemplar): string[] {
  const [first = '', ...others] = text.split('\n', maxLines);
  const heads = others.filter((line) => exceptionHead(line.replace(/^\s*Caused by: /, '')) !== undefined);
  return [first, ...heads].map(mask);
}

function magnitude(count: number): number {
  return String(count).length;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
