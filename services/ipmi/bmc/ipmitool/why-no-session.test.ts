import { expect, it } from 'vitest';
import type { Bmc } from '../../inspection.ts';
import { EndedEarly } from '../child.ts';
import { whyNoSession } from './why-no-session.ts';

const bmc: Pick<Bmc, 'host' | 'port'> = { host: '10.0.0.7', port: 623 };
const end = 'Error: Unable to establish IPMI v2 / RMCP+ session\n';

it.each([
  ['> RAKP 2 HMAC is invalid', 'refused', 'the password is wrong'],
  ['RAKP 2 message indicates an error : unauthorized name', 'refused', 'the user is unknown'],
  [
    'RAKP 2 message indicates an error : unauthorized role or privilege level requested',
    'refused',
    'privilege',
  ],
  ['Error in open session response message : no matching cipher suite', 'refused', 'cipherSuite'],
  [
    'RAKP 2 message indicates an error : insufficient resources for session',
    'unreachable',
    'no free session',
  ],
  ['> Error: no response from RAKP 1 message', 'refused', 'not to this user'],
  [
    'Get Auth Capabilities error\nError issuing Get Channel Authentication Capabilities request',
    'unreachable',
    'no answer',
  ],
  ['Address lookup for nosuch failed\nCould not open socket!', 'unreachable', 'name'],
  ['Something \u001b[31mnew', 'unreachable', 'Unable to establish'],
])('%s', (said, outcome, reason) => {
  const trouble = whyNoSession(
    bmc,
    new EndedEarly({ out: '', err: `Loading IANA PEN Registry...\n${said}\n${end}` }, 1),
  );
  expect(trouble.outcome).toBe(outcome);
  expect(trouble.message).toContain('10.0.0.7:623: ');
  expect(trouble.message).toContain(reason);
  expect(trouble.message).not.toContain('\u001b');
});

it('a program that broke down is no BMC that refuses', () => {
  const err = "ipmitool: lanplus.c:1839: ipmi_lanplus_build_v2x_msg: Assertion `0' failed.\n";
  expect(whyNoSession(bmc, new EndedEarly({ out: '', err }, undefined))).toMatchObject({
    outcome: 'invalid',
  });
});
