const ofEvents: readonly string[] = ['hardware.flapping', 'hardware.other'];

/** Whether findings are made under this id without a rule of a pack: by rates, or of machines. */
export async function isRuleOfNoPack(id: string): Promise<boolean> {
  if (id.startsWith('rates.') || ofEvents.includes(id)) return true;
  const { readingRules } = await import('#services/analyzer/hardware/index.ts');
  return readingRules.some((rule) => rule.id === id);
}
