/** The languages of the configuration; of each the objects are generated. */
export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];

/** What people read, in each language. */
export type Text = Readonly<Record<Language, string>>;

export function text(chinese: string, english: string): Text {
  return { 'zh-CN': chinese, en: english };
}
