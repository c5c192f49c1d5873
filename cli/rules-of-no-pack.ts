/** Whether findings are made under this id without a rule of a pack: by rates, or of machines. */
export async function isRuleOfNoPack(id: string): Promise<boolean> {
  if (id.startsWith('rates.')) return true;
  const { eventRules, readingRules } = await import('#services/analyzer/hardware/index.ts');
  return [...eventRules, ...readingRules].some((rule) => rule.id === id);
}
