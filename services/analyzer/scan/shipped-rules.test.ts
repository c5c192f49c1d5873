import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { loadRules } from '../detect/index.ts';
import { standardInput } from './inputs.ts';
import { scanFiles } from './scan-files.ts';

const rules = await loadRules({ paths: [], shipped: true, language: 'en' });

/** What a scan says of the lines: rules, states, and what the incidents are about. */
async function said(lines: readonly string[], timeZone?: string) {
  const findings = await scanFiles({
    inputs: [standardInput],
    stdin: Readable.from([Buffer.from(lines.join('\n'))]),
    config: ConfigSchema.parse({ language: 'en', routes: { app: { timeZone } } }),
    rules,
    type: 'app',
    host: 'sw-1',
    now: Date.UTC(2026, 10, 21),
  });
  return findings.map(({ rule, state, captures, firstSeen }) => ({ rule, state, captures, firstSeen }));
}

const kernel = (time: string, text: string) => `Nov 20 ${time} sw-1 kernel: ${text}`;
const login = (second: number, address: string) =>
  `Nov 20 10:00:${String(second).padStart(2, '0')} sw-1 sshd[7]: Failed password for root from ${address} port 42 ssh2`;
const request = (second: number, status: number) =>
  `10.0.0.1 - - [20/Nov/2026:10:00:${String(second).padStart(2, '0')} +0000] "GET /a HTTP/1.1" ${status} 157 "-" "x"`;
const count = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(index));

describe('the shipped rules in a scan', () => {
  it('excuse a link that is back at once, and close the incident of one that is back later', async () => {
    const findings = await said([
      kernel('10:00:00', 'e1000e 0000:00:19.0 eno1: NIC Link is Down'),
      kernel('10:00:03', 'e1000e 0000:00:19.0 eno1: NIC Link is Up 1000 Mbps Full Duplex'),
      kernel('11:00:00', 'e1000e 0000:00:19.0 eno2: NIC Link is Down'),
      kernel('11:20:00', 'e1000e 0000:00:19.0 eno2: NIC Link is Up 1000 Mbps Full Duplex'),
      kernel('12:00:00', 'e1000e 0000:00:19.0 eno3: NIC Link is Down'),
    ]);
    expect(findings.map(({ rule, state, captures }) => [rule, state, captures?.device])).toEqual(
      expect.arrayContaining([
        ['network.link-down', 'resolved', 'eno2'],
        ['network.link-down', 'open', 'eno3'],
      ]),
    );
    expect(findings).toHaveLength(2);
  });

  it('tell of guessing where one address fails often enough, and of one failure only as information', async () => {
    const spread = count(12, (index) => login(index, `198.51.100.${index}`));
    expect((await said(spread)).map(({ rule }) => rule)).toEqual(['auth.login-failed']);
    const guessed = count(12, (index) => login(index, '198.51.100.4'));
    expect((await said(guessed)).map(({ rule }) => rule)).toEqual(['auth.guessing', 'auth.login-failed']);
  });

  it('tell of server errors by their rate', async () => {
    expect((await said([request(1, 502), request(2, 500)])).map(({ rule }) => rule)).toEqual([
      'nginx.server-error',
    ]);
    const outage = count(30, (index) => request(index, 502));
    expect((await said(outage)).map(({ rule }) => rule)).toEqual(['nginx.bad-gateway', 'nginx.server-error']);
  });

  it('close what a BMC asserts when it is deasserted, sensor by sensor, in the zone of the log type', async () => {
    const findings = await said(
      [
        '   9 | 08/17/2019 | 02:31:44 | Power Supply PS1 Status | Failure detected () | Asserted',
        '   a | 08/17/2019 | 02:31:50 | Power Supply PS2 Status | Failure detected () | Asserted',
        '   b | 08/17/2019 | 02:31:57 | Power Supply PS1 Status | Failure detected () | Deasserted',
      ],
      'Asia/Shanghai',
    );
    expect(findings).toEqual(
      expect.arrayContaining([
        {
          rule: 'hardware.power-supply',
          state: 'resolved',
          captures: { sensor: 'Power Supply PS1 Status' },
          firstSeen: '2019-08-16T18:31:44.000Z',
        },
        {
          rule: 'hardware.power-supply',
          state: 'open',
          captures: { sensor: 'Power Supply PS2 Status' },
          firstSeen: '2019-08-16T18:31:50.000Z',
        },
      ]),
    );
    expect(findings).toHaveLength(2);
  });
});
