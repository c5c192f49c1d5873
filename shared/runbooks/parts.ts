/** A part that every runbook has, by the words that a heading for it begins with, and how much of its score counts in a search. */
interface Part {
  readonly name: string;
  readonly heading: RegExp;
  /** Whoever looks for a symptom wants to know what it is and what to do before whom to call. */
  readonly weight: number;
  /** Whoever has the symptom before him wants to know what to do first: the least comes first. */
  readonly rank: number;
}

/** What a person looks for at night. */
export const parts: readonly Part[] = [
  { name: '症状 (symptoms)', heading: /^(症状|现象|symptom)/i, weight: 1, rank: 1 },
  { name: '检查 (checks)', heading: /^(检查|排查|诊断|check|diagnos)/i, weight: 1, rank: 0 },
  {
    name: '处置 (remedies)',
    heading: /^(处置|处理|修复|解决|remed|action|fix|mitigat|resol)/i,
    weight: 1,
    rank: 0,
  },
  { name: '升级 (escalation)', heading: /^(升级|上报|escalat)/i, weight: 0.85, rank: 2 },
  { name: '回滚 (rollback)', heading: /^(回滚|回退|还原|roll ?back|revert)/i, weight: 0.85, rank: 2 },
];
const [, checks, remedies] = parts;
const firstSteps = /^(首要步骤|首先|先做|第一步|应急|first steps|first aid|do (this )?first)/i;
const references = /^(参考|引用|链接|reference|see also|link)/i;
const referencesWeight = 0.75;
const otherRank = 1;

/** The factor of a section by its heading. */
export function partWeight(heading: string): number {
  if (isReferences(heading)) return referencesWeight;
  return parts.find((part) => part.heading.test(heading))?.weight ?? 1;
}

/** Whether there is nothing but pointers to other places below the heading. */
export function isReferences(heading: string): boolean {
  return references.test(heading);
}

/** The place of a section, by its heading, among those of its runbook for whoever has to act: 0 is the first. */
export function partRank(heading: string): number {
  return parts.find((part) => part.heading.test(heading))?.rank ?? otherRank;
}

/** Whether it is what the runbook itself calls the first to do. */
export function isFirstSteps(heading: string): boolean {
  return firstSteps.test(heading);
}

/** Whether what to look at stands below the heading. */
export function isChecks(heading: string): boolean {
  return checks?.heading.test(heading) ?? false;
}

/** Whether what to do about it stands below the heading. */
export function isRemedies(heading: string): boolean {
  return remedies?.heading.test(heading) ?? false;
}
