import { z } from 'zod';
import type { Accepted } from './accepted.ts';

/** What `npm audit --json` says where it could ask; the rest of it is not looked at. */
const AuditReport = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      // A text names another package of the list, whose advisory it is.
      via: z.array(
        z.union([
          z.string(),
          z.object({ name: z.string(), title: z.string(), url: z.string(), severity: z.string() }),
        ]),
      ),
    }),
  ),
});
const AuditFailure = z.looseObject({ message: z.string() });

export type AuditVerdict =
  | { readonly kind: 'not-checked'; readonly why: string }
  | {
      readonly kind: 'checked';
      /** One line for each advisory that is not accepted. */
      readonly open: readonly string[];
      /** One line for each that is. */
      readonly accepted: readonly string[];
    };

/** Whether a package's licence is accepted. Of several that it can be had under one is enough; what is more complicated is for a person. */
export function isLicenceAccepted(
  licence: string | undefined,
  { licences }: Pick<Accepted, 'licences'>,
): boolean {
  if (licence === undefined) return false;
  const choices = licence.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return choices.some((choice) => licences.includes(choice.trim()));
}

/** What the answer of `npm audit --json` means. */
export function judgeAudit(answer: unknown, { advisories }: Accepted, now: Date): AuditVerdict {
  const report = AuditReport.safeParse(answer);
  if (!report.success) {
    const why = AuditFailure.safeParse(answer).data?.message ?? 'npm audit did not answer with a report';
    return { kind: 'not-checked', why };
  }
  const found = new Map<string, { id: string; name: string; line: string }>();
  const { vulnerabilities } = report.data;
  const open: string[] = [];
  for (const [name, { via }] of Object.entries(vulnerabilities)) {
    // Never none because it was said in a way that is not known here.
    if (via.every((one) => typeof one === 'string' && vulnerabilities[one] === undefined))
      open.push(`${name}: the report does not say why`);
    for (const one of via)
      if (typeof one === 'object') {
        const id = /GHSA(?:-[0-9a-z]{4}){3}/.exec(one.url)?.[0] ?? one.url;
        found.set(`${id} ${one.name}`, {
          ...{ id, name: one.name },
          line: `${one.name}: ${one.title} (${one.severity}, ${one.url})`,
        });
      }
  }
  const today = now.toISOString().slice(0, 10);
  const accepted: string[] = [];
  for (const { id, name, line } of found.values()) {
    const known = advisories.find((one) => one.id === id && one.package === name);
    if (known === undefined) open.push(line);
    else if (known.until < today) open.push(`${line}; accepted until ${known.until}, which is over`);
    else accepted.push(`${line}; accepted until ${known.until}: ${known.reason}`);
  }
  return { kind: 'checked', open, accepted };
}
