import { printable } from '#shared/text/printable.ts';
import { type Bmc, BmcTrouble } from '../../inspection.ts';
import type { EndedEarly } from '../child.ts';
import { linesOf } from '../lines.ts';

/**
 * What `ipmitool -v` prints when it gets no session, in the words of its `lanplus.c`. Without `-v` it prints the same line for
 * a wrong password as for a dead host.
 */
const causes: readonly (readonly [RegExp, 'unreachable' | 'refused', (said: string) => string])[] = [
  [/Address lookup for .* failed/, 'unreachable', () => 'its name cannot be resolved'],
  [/insufficient resources/i, 'unreachable', () => 'it has no free session'],
  [/RAKP 2 HMAC is invalid|RAKP 4 .*invalid/i, 'refused', () => 'the password is wrong'],
  [/unauthorized name/i, 'refused', () => 'the user is unknown to it or disabled'],
  [/unauthorized role|privilege level/i, 'refused', () => 'the user may not have this privilege'],
  [
    /(?:RAKP \d message indicates an error|open session response message) : ([^\n]{1,100})/,
    'refused',
    (said) => said.trim(),
  ],
  [
    /no response from RAKP|RAKP \d message.*(?:time|response)/i,
    'refused',
    () => 'it answers, but not to this user',
  ],
  [/Error issuing Get Channel Authentication|Get Auth Capabilities error/, 'unreachable', () => 'no answer'],
];

/** Why the session ended before it answered, by what the program printed. */
export function whyNoSession(bmc: Pick<Bmc, 'host' | 'port'>, { printed, code }: EndedEarly): BmcTrouble {
  const text = linesOf(printed.err).join('\n');
  const where = `${bmc.host}:${bmc.port}`;
  for (const [pattern, outcome, reason] of causes) {
    const match = pattern.exec(text);
    if (match !== null)
      return new BmcTrouble(outcome, `${where}: ${reason(printable(match[1] ?? ''))}${advice(match[0])}`);
  }
  if (code === undefined)
    return new BmcTrouble('invalid', `${where}: ipmitool broke down: ${lastLine(text)}`);
  const outcome = /Unable to establish|Could not open socket/.test(text) ? 'unreachable' : 'invalid';
  return new BmcTrouble(outcome, `${where}: ${lastLine(text)}`);
}

function advice(said: string): string {
  return /algorithm|cipher/i.test(said) ? ' (cipherSuite 3 or 17?)' : '';
}

function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return printable(lines.at(-1) ?? 'no session').slice(0, 200);
}
