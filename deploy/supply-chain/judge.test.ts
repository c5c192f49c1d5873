import { describe, expect, it } from 'vitest';
import { Accepted, readAccepted } from './accepted.ts';
import { isLicenceAccepted, judgeAudit } from './judge.ts';
import { productionPackages } from './packages.ts';

const accepted = readAccepted();

describe('licences', () => {
  it.each<[string | undefined, boolean]>([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['GPL-3.0-only OR Apache-2.0', true],
    ['GPL-3.0-only', false],
    ['MIT AND GPL-3.0-only', false],
    ['(MIT AND CC-BY-NC-4.0)', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['UNLICENSED', false],
    ['', false],
    [undefined, false],
  ])('%s: %s', (licence, expected) => {
    expect(isLicenceAccepted(licence, accepted)).toBe(expected);
  });

  it('of what is installed are read from the packages, without those of development', () => {
    const packages = productionPackages();
    const names = packages.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['hono', '@elastic/elasticsearch', 'jose']));
    expect(names).not.toContain('vitest');
    expect(packages.find(({ name }) => name === 'hono')).toMatchObject({
      licence: 'MIT',
      files: [expect.stringMatching(/hono\/LICENSE$/)],
    });
  });
});

/** As npm 10 and 11 answer: the package that has it, and one that only depends on it. */
const report = {
  auditReportVersion: 2,
  vulnerabilities: {
    lodash: {
      name: 'lodash',
      severity: 'high',
      via: [
        {
          ...{ source: 1065, name: 'lodash', dependency: 'lodash', title: 'Prototype Pollution' },
          ...{
            url: 'https://github.com/advisories/GHSA-p6mc-m468-83gw',
            severity: 'high',
            range: '<4.17.19',
          },
        },
      ],
    },
    grunt: { name: 'grunt', severity: 'high', via: ['lodash'] },
  },
  metadata: { vulnerabilities: { high: 2, total: 2 } },
};

describe('advisories', () => {
  const until = (day: string) =>
    Accepted.parse({
      licences: [],
      advisories: [
        { id: 'GHSA-p6mc-m468-83gw', package: 'lodash', reason: 'no untrusted keys get there', until: day },
      ],
    });
  const now = new Date('2026-11-21T12:00:00Z');

  it('are told, each once', () => {
    expect(judgeAudit(report, { licences: [], advisories: [] }, now)).toEqual({
      ...{ kind: 'checked', accepted: [] },
      open: ['lodash: Prototype Pollution (high, https://github.com/advisories/GHSA-p6mc-m468-83gw)'],
    });
  });

  it('that are accepted are not, to the end of their last day', () => {
    expect(judgeAudit(report, until('2026-11-21'), now)).toMatchObject({ open: [] });
    expect(judgeAudit(report, until('2026-11-20'), now)).toMatchObject({
      open: [expect.stringContaining('accepted until 2026-11-20, which is over')],
    });
  });

  it.each<[string, unknown, string]>([
    ['a registry without them', { message: '405 Method Not Allowed', error: {} }, '405 Method Not Allowed'],
    ['nothing', undefined, 'did not answer with a report'],
    ['an empty object', {}, 'did not answer with a report'],
  ])('of %s are not checked, which is not green', (_name, answer, why) => {
    expect(judgeAudit(answer, accepted, now)).toEqual({
      kind: 'not-checked',
      why: expect.stringContaining(why),
    });
  });

  it.each([[[]], [['something that is not in it']]])(
    'that are not in the report (via %j) count, too',
    (via) => {
      const answer = { auditReportVersion: 2, vulnerabilities: { grunt: { via } } };
      expect(judgeAudit(answer, accepted, now)).toMatchObject({
        open: ['grunt: the report does not say why'],
      });
    },
  );

  it('that are accepted have a reason and an end', () => {
    const none = { id: 'GHSA-p6mc-m468-83gw', package: 'lodash', reason: '', until: '2026-11-21' };
    expect(Accepted.safeParse({ licences: [], advisories: [none] }).success).toBe(false);
  });
});
