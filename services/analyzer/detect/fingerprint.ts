import { hash } from 'node:crypto';
import { mask } from './mask.ts';
import type { Rule } from './rules/rule.ts';
import { tellingLine, traceSignature } from './stack-trace.ts';

/** What a fingerprint is made of. */
export interface FingerprintInput {
  readonly rule: Rule;
  readonly service: string;
  readonly captures: Readonly<Record<string, string>>;
  /** The message without time, host and program in front. */
  readonly message: string;
  /** Names that must not tell one incident from another. */
  readonly hosts: readonly string[];
}

/**
 * Which failure a line tells of: the same for every member, restart and host. Made from service and rule, and then from the
 * captures named by `correlate-by`, else from the trace's signature, else from the masked line (of several, an exception's head).
 *
 * @returns 16 hexadecimal digits
 */
export function fingerprint(input: FingerprintInput): string {
  const parts = [input.rule.id, input.service, ...identity(input)];
  return hash('sha1', JSON.stringify(parts), 'hex').slice(0, 16);
}

function identity({ rule, captures, message, hosts }: FingerprintInput): string[] {
  if (rule.correlateBy !== undefined) return rule.correlateBy.map((name) => captures[name] ?? '');
  const trace = traceSignature(message);
  return [trace ?? mask(withoutHosts(tellingLine(message), hosts))];
}

/** A host's name is taken out as a whole word only, and not where it is so short that it may well be a word of the message. */
function withoutHosts(text: string, hosts: readonly string[]): string {
  return hosts
    .filter((host) => host.length >= 4 && text.includes(host))
    .reduce(
      (rest, host) =>
        rest.replaceAll(host, (name, at: number) =>
          isWordPart(rest[at - 1]) || isWordPart(rest[at + name.length]) ? name : '*',
        ),
      text,
    );
}

function isWordPart(character = ''): boolean {
  return /^\w$/.test(character);
}
