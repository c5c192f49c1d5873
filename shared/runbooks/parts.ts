/** A part that every runbook has, by the words that a heading for it begins with, and how much of its score counts in a search. */
interface Part {
  readonly name: string;
  readonly heading: RegExp;
  /** Whoever looks for a symptom wants to know what it is and what to do before whom to call. */
  readonly weight: number;
}

/** What a person looks for at night. */
export const parts: readonly Part[] = [
  { name: '症状 (symptoms)', heading: /^(症状|现象|symptom)/i, weight: 1 },
  { name: '检查 (checks)', heading: /^(检查|排查|诊断|check|diagnos)/i, weight: 1 },
  { name: '处置 (remedies)', heading: /^(处置|处理|修复|解决|remed|action|fix|mitigat|resol)/i, weight: 1 },
  { name: '升级 (escalation)', heading: /^(升级|上报|escalat)/i, weight: 0.85 },
  { name: '回滚 (rollback)', heading: /^(回滚|回退|还原|roll ?back|revert)/i, weight: 0.85 },
];
const references = /^(参考|引用|链接|reference|see also|link)/i;
const referencesWeight = 0.75;

/** The factor of a section by its heading. */
export function partWeight(heading: string): number {
  if (references.test(heading)) return referencesWeight;
  return parts.find((part) => part.heading.test(heading))?.weight ?? 1;
}
