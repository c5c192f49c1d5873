import { z } from 'zod';
import { Severity } from '#shared/model/index.ts';
import { durationForm, quotaForm, thresholdForm } from './quota.ts';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and - (63 at most)');
const sentence = z.string().trim().min(1).max(2000);
const keyword = z.string().trim().min(2, 'use at least two characters').max(200);
const regex = z.string().min(1).max(1000);

const time = z.string().regex(durationForm, 'write a time as 30s, 5m, 1h or 1d');
const ending = {
  keywords: z.array(keyword).min(1).optional().describe('The line contains one of these texts.'),
  regex: regex
    .optional()
    .describe(
      'The line matches. A group is compared with the capture of the same name, which has to be in correlate-by.',
    ),
};

/** A text for people: one for every language, or one for each. */
const Text = z.union([sentence, z.strictObject({ zh: sentence, en: sentence })], {
  error: 'write a text, or { zh: …, en: … }',
});

/** What routes call by these names themselves (`shared/routing`), so a label of that name would never be asked. */
const takenNames = ['host', 'rule', 'pack', 'domain', 'owner', 'service', 'type', 'severity'];
const mostLabels = 16;

const Labels = z
  .record(
    z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'name a label in lower-case letters, digits, _ and - (63 at most)')
      .refine((key) => !takenNames.includes(key), 'routes have something else of this name'),
    z
      .string({ error: 'write a text; a number or a date in quotes' })
      .trim()
      .min(1)
      .max(100)
      .regex(/^\P{Cc}*$/u, 'write it on one line'),
    { error: ({ code, issues }) => (code === 'invalid_key' ? issues?.[0]?.message : undefined) },
  )
  .refine((labels) => Object.keys(labels).length <= mostLabels, `${mostLabels} labels at most`);

/** One rule, as it stands in a pack. */
export const RuleSource = z.strictObject({
  id: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*$/,
      'write <pack>.<name> in lower-case letters, digits and -',
    )
    .describe(
      '<pack>.<name>: stands in findings, never changes, and is never used again for something else.',
    ),
  title: Text.describe('What has happened, in a few words: the title of the finding.'),
  why: Text.describe('Why it matters and what it usually means.'),
  source: sentence.describe(
    'Where it is documented: a public page, a manual, the source code that prints the line.',
  ),
  severity: Severity.describe('info, warning or critical.'),
  pinned: z.boolean().optional().describe('True: nothing changes the severity, neither scale nor the model.'),
  keywords: z
    .array(keyword)
    .min(1)
    .optional()
    .describe('The line contains one of these texts, in any case. With a regex, both are required.'),
  regex: regex
    .optional()
    .describe(
      'JavaScript syntax without lookaround and back references (RE2 runs it), in any case, ^ and $ at every line. Its named groups are captured.',
    ),
  'case-sensitive': z
    .boolean()
    .optional()
    .describe('True: keywords, regex and exceptions tell upper from lower case.'),
  where: z
    .strictObject({
      types: z.array(z.string().min(1)).min(1).optional().describe('Only lines of these log types.'),
      services: z.array(z.string().min(1)).min(1).optional().describe('Only lines of these services.'),
    })
    .optional(),
  except: z
    .strictObject({
      keywords: z.array(keyword).min(1).optional(),
      regex: regex.optional(),
    })
    .optional()
    .describe('Not where the line contains one of these texts or matches this regex.'),
  'correlate-by': z
    .array(z.string().min(1))
    .optional()
    .describe(
      'Captures that tell one incident of this rule and service from another, in place of the masked line; none ([]): there is only one.',
    ),
  threshold: z
    .string()
    .regex(
      thresholdForm,
      'write <count> in <time>, or <count> in <time> by host (or by a capture of the regex): 5 in 1m by host; times in s, m, h or d',
    )
    .optional()
    .describe(
      'From so many lines within so long on they are an incident; `by`: so many of one host, or of one value of a capture. Such a rule counts lines beside the rule that speaks for them.',
    ),
  unless: z
    .strictObject({ ...ending, within: time.describe('How long after the line, as 30s.') })
    .optional()
    .describe(
      'No incident where such a line of the same service and host comes within so long after it. Keywords, a regex, or both.',
    ),
  'resolved-by': z
    .strictObject(ending)
    .optional()
    .describe(
      'A later line that closes the incident, of the same service, host by host. Keywords, a regex, or both.',
    ),
  'at-most': z
    .string()
    .regex(quotaForm, 'write <count> in <time>: 4 in 1h; times in s, m, h or d')
    .optional()
    .describe('So many cards of this rule within so long; what is beyond it is counted in the next one.'),
  runbook: name.optional().describe('Name of the runbook, without .md.'),
  labels: Labels.optional().describe('What routes can ask for, beside the labels of the pack and over them.'),
  examples: z
    .strictObject({
      match: z.array(z.string().min(1)).min(1).describe('Lines that the rule must match.'),
      'no-match': z.array(z.string().min(1)).min(1).describe('Lines like them that it must not match.'),
      clears: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe('Lines that `resolved-by` or `unless` must match; required where there is one of them.'),
    })
    .describe('Run as tests, and by `logpatrol rules lint`.'),
});
export type RuleSource = z.infer<typeof RuleSource>;

/** A file of rules. */
export const RulePack = z.strictObject({
  pack: name.describe('Name of the pack, and the first part of the ids of its rules.'),
  title: Text.describe('What the pack is about.'),
  labels: Labels.optional().describe('Labels of all its rules.'),
  rules: z.array(RuleSource).min(1),
});
export type RulePack = z.infer<typeof RulePack>;

/** The JSON schema from which editors complete packs; `rules/rule-pack.schema.json` holds it. */
export function rulePackJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(RulePack, { io: 'input', target: 'draft-7' }),
    title: 'logpatrol rule pack',
  };
}
