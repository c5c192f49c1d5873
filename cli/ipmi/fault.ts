/** What is wrong with a text by a schema, in its words; undefined where nothing is. */
export function fault(
  schema: {
    safeParse(value: unknown): { success: boolean; error?: { issues: readonly { message: string }[] } };
  },
  text: string,
): string | undefined {
  const read = schema.safeParse(text);
  return read.success ? undefined : (read.error?.issues[0]?.message ?? '');
}
