import { z } from 'zod';
import { Asset, Severity, Verdict } from '#shared/model/index.ts';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and - (63 at most)');
const sentence = z.string().trim().min(1).max(1000);
const term = z.string().trim().min(1).max(200);
/** Fragment of a log line. */
const fragment = z.string().trim().min(3, 'use at least three characters').max(400);
const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z
    .union([item, z.array(item).min(1)], {
      error: 'write one, or a list of them; quote what looks like a number',
    })
    .transform((given) => (Array.isArray(given) ? given : [given]));

/** Lines of one source, in one of four forms. */
const Lines = z
  .strictObject({
    host: term.default('app-01'),
    service: term.optional().describe('Absent: what the line or the file says.'),
    type: name.default('app').describe('The log type.'),
    file: z.string().min(1).optional().describe('Lines of one file stand before one another in the prompt.'),
    lines: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe('A text: one event a line. A list: one event an item, which may have several lines.'),
    ecs: z
      .array(z.record(z.string(), z.unknown()))
      .min(1)
      .optional()
      .describe('Events as a shipper writes them.'),
    repeat: z
      .strictObject({
        line: z.string().min(1).describe('With {time} and {n}, which counts from 1.'),
        count: z.number().int().min(1).max(20_000),
        from: z.iso.datetime(),
        everySeconds: z.number().min(0).max(3600).default(1),
      })
      .optional()
      .describe('The same line again and again.'),
    trace: z
      .strictObject({
        head: z.string().min(1).describe('The line that the trace stands below, with its time.'),
        exception: z.string().min(1),
        cause: z.string().min(1).optional().describe('The exception at its end.'),
        kilobytes: z.number().int().min(1).max(2000),
      })
      .optional()
      .describe('One event with a Java stack trace of so many KB.'),
  })
  .refine(
    ({ lines, ecs, repeat, trace }) =>
      [lines, ecs, repeat, trace].filter((form) => form !== undefined).length === 1,
    'give exactly one of lines, ecs, repeat, trace',
  );
export type ScenarioLines = z.infer<typeof Lines>;

/** An incident that no line rule made: what rates say. Its numbers and words are the product's own. */
const Rate = z
  .strictObject({
    silent: z
      .strictObject({ minutes: z.number(), usual: z.number(), longest: z.number() })
      .optional()
      .describe('A regular line has not come for so many minutes; usually every `usual`.'),
    spike: z
      .strictObject({ lines: z.number(), median: z.number(), busiest: z.number() })
      .optional()
      .describe('So many lines in five minutes, where there are `median` and were `busiest` at most.'),
    new: z
      .strictObject({ lines: z.number(), kinds: z.number() })
      .optional()
      .describe('A line that is none of the `kinds` that there were.'),
    line: z.string().min(1).describe('One such line: the last, or the first.'),
    template: z.string().min(1).describe('It with <*> where such lines differ.'),
    host: term.default('app-01'),
    service: term,
    type: name.default('app'),
    severity: Severity.default('warning'),
  })
  .refine(
    ({ silent, spike, new: isNew }) =>
      [silent, spike, isNew].filter((kind) => kind !== undefined).length === 1,
    'give exactly one of silent, spike, new',
  );
export type ScenarioRate = z.infer<typeof Rate>;

/** The rule of the incident that a rate makes. */
export function rateRule({ silent, spike }: ScenarioRate) {
  return silent !== undefined ? 'rates.silent' : spike !== undefined ? 'rates.spike' : 'rates.new';
}

const RunbookText = z.strictObject({
  name,
  title: sentence,
  section: z.string().max(200).default(''),
  text: z.string().min(1).max(20_000),
});

const groups = z.array(oneOrMore(term));

/** What the finding has to be like. */
const Expect = z.strictObject({
  verdict: oneOrMore(Verdict).describe('One of these.'),
  severity: oneOrMore(Severity).describe("One of these: the finding's, after rules and grounding."),
  'severity-unmoved': z
    .boolean()
    .default(false)
    .describe('True: it is the severity that rules alone give it.'),
  cause: groups
    .default([])
    .describe('Each of these must be said in summary or cause, and not denied; a list is any of its terms.'),
  'forbid-cause': z.array(term).default([]).describe('None of these may be given as the cause.'),
  evidence: z
    .array(oneOrMore(fragment))
    .default([])
    .describe('Of each of these a cited line must have a part; a list is any of its fragments.'),
  'forbid-evidence': z.array(fragment).default([]).describe('No cited line may have one of these.'),
  actions: groups.default([]).describe('Each must be in an action; a list is any of its terms.'),
  'forbid-actions': z.array(term).default([]).describe('No action may ask for one of these.'),
  'max-actions': z.number().int().min(0).max(10).optional(),
  'max-confidence': z
    .number()
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('Where the data does not tell. In percent.'),
  runbooks: z.array(name).default([]).describe('An action must come from each of these runbooks.'),
  'forbid-runbooks': z.array(name).default([]).describe('No action may come from these.'),
  'forbid-words': z
    .array(term)
    .default([])
    .describe('Must not be in summary, cause or actions: what an injected text wants said, and secrets.'),
});
export type Expectation = z.infer<typeof Expect>;

/** What the judge looks at, one by one. */
export const checkNames = [
  'answer',
  'verdict',
  'severity',
  'severity-unmoved',
  'cause',
  'forbid-cause',
  'evidence',
  'forbid-evidence',
  'actions',
  'forbid-actions',
  'max-actions',
  'max-confidence',
  'runbooks',
  'forbid-runbooks',
  'forbid-words',
  'destructive',
  'mention',
  'language',
  'invented',
] as const;
export type CheckName = (typeof checkNames)[number];

const said = {
  verdict: Verdict,
  summary: z.string(),
  cause: z.string(),
  evidence: z
    .array(z.union([fragment, z.strictObject({ label: z.string().min(1) })]))
    .describe('Fragments of lines; or a label as it stands, for one that was not given.'),
  actions: z.array(
    z.union([
      z.string().min(1),
      z.strictObject({
        text: z.string().min(1),
        runbook: z.string().min(1).describe('Title of one that was given, or title › section.'),
      }),
    ]),
  ),
  severity: Severity,
  confidence: z.number().int().min(0).max(100),
};
export const ScenarioAnswer = z.strictObject(said);
export type ScenarioAnswer = z.infer<typeof ScenarioAnswer>;

const WrongAnswer = z.strictObject({
  because: sentence.describe('Why it must fail, for people.'),
  fails: oneOrMore(z.enum(checkNames)).describe('The checks that must fail it: these and no others.'),
  says: ScenarioAnswer.partial().prefault({}).describe('What it says otherwise than the first right answer.'),
  raw: z.string().optional().describe('In place of an answer: what the model wrote.'),
});
export type WrongAnswer = z.infer<typeof WrongAnswer>;

/** One scenario, as its file has it. */
export const Scenario = z.strictObject({
  name: name.describe("The file's name without .yaml."),
  tags: z.array(name).min(1).describe('By which results are added up.'),
  language: z.enum(['zh-CN', 'en']).default('zh-CN').describe('Of the answer.'),
  why: sentence.describe('What it tests, in one sentence.'),
  at: z.iso.datetime().default('2026-03-05T03:20:00Z').describe('When the model is asked; the zone is UTC.'),
  logs: z.array(Lines).default([]).describe('What detection and correlation are given.'),
  rate: Rate.optional().describe('For what only rates find: they say so, in place of a line rule.'),
  about: z
    .strictObject({
      rule: z.string().min(1),
      service: term.optional(),
      line: fragment
        .optional()
        .describe('Of one of its lines, where there are several of that rule and service.'),
    })
    .describe('Which of the incidents the model is asked about; the others are its neighbours.'),
  surroundings: z.array(Lines).default([]).describe('Further stored lines of the same time.'),
  assets: z.array(Asset).default([]).describe('What the inventory says of hosts.'),
  runbooks: z
    .union([z.literal('search'), z.array(z.union([name, RunbookText]))], {
      error: 'write search, or a list of names and texts',
    })
    .default('search')
    .describe(
      'What the product finds by words; or these: runbooks of the configuration by name (whole), texts.',
    ),
  neighbours: z
    .array(
      z.strictObject({
        title: sentence,
        service: term,
        severity: Severity.default('warning'),
        hosts: z.array(term).min(1),
        firstSeen: z.iso.datetime(),
        hardware: z.boolean().default(false),
      }),
    )
    .default([])
    .describe('Further open incidents.'),
  similar: z
    .array(
      z.strictObject({
        title: sentence,
        lastSeen: z.iso.datetime(),
        cause: sentence.optional(),
        feedback: sentence.optional(),
      }),
    )
    .default([])
    .describe('Earlier findings like it, and what people said of them.'),
  expect: Expect,
  answers: z
    .strictObject({
      right: z.array(ScenarioAnswer).min(1).describe('Must pass.'),
      wrong: z.array(WrongAnswer).min(2).describe('Must fail.'),
    })
    .describe('They test the judge.'),
});
export type Scenario = z.infer<typeof Scenario>;

/** The JSON schema from which editors complete scenarios; `test/scenarios/scenario.schema.json` holds it. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(Scenario, { io: 'input', target: 'draft-7' }),
    title: 'logpatrol evaluation scenario',
  };
}
