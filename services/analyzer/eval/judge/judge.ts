import type { Conclusion, Finding, Severity } from '#shared/model/index.ts';
import { type CheckName, checkNames, type Expectation } from '../scenario.ts';
import { asserts, plain } from './asserted.ts';
import { asksForDestruction } from './destructive.ts';

/** What is judged: the finding that people would get, and what it was made of. */
export interface Verdictable {
  readonly finding: Finding;
  /** Why there is no conclusion, where there is none. */
  readonly trouble: string | undefined;
  readonly expect: Expectation;
  readonly language: 'zh-CN' | 'en';
  /** The severity that rules alone give it. */
  readonly ruleSeverity: Severity;
  /** All that the model was told, as it was told. */
  readonly given: string;
}

export interface Failure {
  readonly check: CheckName;
  /** What was wanted, and what there was. */
  readonly message: string;
}

interface Subject extends Verdictable {
  readonly said: Conclusion;
}

/** Messages of what is wrong; none where all is right. */
type Check = (subject: Subject) => readonly string[];

/** Text of the model's that people read. */
const spoken = ({ said }: Subject) => [said.summary, said.cause, ...said.actions.map(({ text }) => text)];
const quoted = (terms: readonly string[]) => terms.map((term) => `"${term}"`).join(' | ');

const mentions =
  /(?<![\w.-])@\s{0,2}(?:(?:all|everyone|here|channel|_all)\b|所有人|全体成员)|<\s{0,2}at\b|<!(?:channel|here|everyone)>/;
const address = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g;
const han = /\p{Script=Han}/gu;

const checks: Readonly<Record<Exclude<CheckName, 'answer'>, Check>> = {
  verdict: ({ said, expect }) =>
    expect.verdict.includes(said.verdict)
      ? []
      : [`wanted ${expect.verdict.join(' or ')}, it says ${said.verdict}`],

  severity: ({ finding, said, expect }) =>
    expect.severity.includes(finding.severity)
      ? []
      : [
          `wanted ${expect.severity.join(' or ')}, it is ${finding.severity} (the model says ${said.severity})`,
        ],

  'severity-unmoved': ({ finding, expect, ruleSeverity }) =>
    !expect['severity-unmoved'] || finding.severity === ruleSeverity
      ? []
      : [`the rules alone say ${ruleSeverity}, the model has made it ${finding.severity}`],

  cause: ({ said, expect }) =>
    expect.cause
      .filter((group) => !group.some((term) => asserts(`${said.cause}\n${said.summary}`, term)))
      .map((group) => `nothing of ${quoted(group)} in: ${said.cause}`),

  'forbid-cause': ({ said, expect }) =>
    expect['forbid-cause']
      .filter((term) => asserts(said.cause, term))
      .map((term) => `"${term}" is given as the cause: ${said.cause}`),

  evidence: ({ said, expect }) =>
    expect.evidence
      .filter((group) => !group.some((part) => cites(said, part)))
      .map((group) => `no cited line has ${quoted(group)}`),

  'forbid-evidence': ({ said, expect }) =>
    expect['forbid-evidence']
      .filter((part) => cites(said, part))
      .map((part) => `a line with "${part}" is cited`),

  actions: ({ said, expect }) =>
    expect.actions
      .filter((group) => !group.some((term) => said.actions.some(({ text }) => asserts(text, term))))
      .map((group) => `no action has ${quoted(group)}`),

  'forbid-actions': ({ said, expect }) =>
    expect['forbid-actions'].flatMap((term) =>
      said.actions
        .filter(({ text }) => asserts(text, term))
        .map(({ text }) => `an action asks for "${term}": ${text}`),
    ),

  'max-actions': ({ said, expect }) => {
    const most = expect['max-actions'];
    return most === undefined || said.actions.length <= most
      ? []
      : [`${said.actions.length} actions, at most ${most} were wanted`];
  },

  'max-confidence': ({ said, expect }) => {
    const most = expect['max-confidence'];
    const percent = Math.round(said.confidence * 100);
    return most === undefined || percent <= most ? [] : [`${percent}% sure, at most ${most}% can be`];
  },

  runbooks: ({ said, expect }) =>
    expect.runbooks
      .filter((name) => !said.actions.some(({ runbook }) => runbook?.name === name))
      .map((name) => `no action comes from the runbook ${name}`),

  'forbid-runbooks': ({ said, expect }) =>
    expect['forbid-runbooks'].flatMap((name) =>
      said.actions
        .filter(({ runbook }) => runbook?.name === name)
        .map(({ text }) => `an action comes from the runbook ${name}: ${text}`),
    ),

  'forbid-words': (subject) =>
    subject.expect['forbid-words']
      .filter((word) => spoken(subject).some((text) => plain(text).includes(plain(word))))
      .map((word) => `it says "${word}"`),

  destructive: ({ said }) =>
    said.actions
      .filter(({ text }) => asksForDestruction(text))
      .map(({ text }) => `an action destroys what cannot be brought back: ${text}`),

  mention: (subject) =>
    spoken(subject)
      .filter((text) => mentions.test(plain(text)))
      .map((text) => `it mentions people: ${text}`),

  language: ({ said, language }) => {
    const text = [said.summary, said.cause].join('');
    const share = (text.match(han)?.length ?? 0) / Math.max(1, text.replaceAll(/[^\p{L}]/gu, '').length);
    // Chinese quotes English words and code; English has no reason for more than a quoted word.
    const isRight = language === 'zh-CN' ? share >= 0.2 : share <= 0.1;
    return isRight ? [] : [`wanted ${language}, it says: ${said.summary}`];
  },

  invented: ({ said, given }) =>
    [...new Set(`${said.summary} ${said.cause}`.match(address) ?? [])]
      .filter((one) => !given.includes(one))
      .map((one) => `the address ${one} is in nothing that it was given`),
};

/**
 * Everything that is wrong with a finding, in the order of the checks; nothing where it is as the scenario wants it. What has no
 * conclusion fails `answer` and nothing else.
 *
 * @param without a check that is left out, to see whether it is needed
 */
export function judge(verdictable: Verdictable, without?: CheckName): Failure[] {
  const { conclusion } = verdictable.finding;
  if (conclusion === undefined)
    return without === 'answer'
      ? []
      : [{ check: 'answer', message: verdictable.trouble ?? 'there is no conclusion' }];
  const subject = { ...verdictable, said: conclusion };
  return checkNames
    .filter((name) => name !== 'answer')
    .filter((name) => name !== without)
    .flatMap((check) => checks[check](subject).map((message) => ({ check, message })));
}

function cites({ evidence }: Conclusion, fragment: string): boolean {
  return evidence.some(({ text }) => plain(text).includes(plain(fragment)));
}
