import type { Mention } from '#shared/model/index.ts';
import { codeBlock, escapeMarkdown } from './markdown.ts';
import type { DigestRow, Fact, MemberView, StepView } from './view-model.ts';

/** The only form in which somebody is called: an open_id of the configuration, never a text. */
const openId = /^ou_[A-Za-z0-9]{8,64}$/;

export function person({ name, feishu }: Mention): string {
  return feishu !== undefined && openId.test(feishu)
    ? `<at id=${feishu}></at>`
    : `**${escapeMarkdown(name)}**`;
}

function memberLine({ service, title, count, state, id }: MemberView): string {
  return `${service}: ${title} ${count} ${state} ${id}`;
}

/** The filters through which texts enter a template; there are no others. `words` names severities. */
export function templateFilters(words: (severity: MemberView['severity']) => string) {
  return {
    /** Any value as JSON. */
    json: (value: unknown) => JSON.stringify(value),
    /** Text as literal Markdown on one line. */
    md: (text: string) => escapeMarkdown(text),
    /** Text as a code block that it cannot leave. */
    code: (text: string) => codeBlock(text),
    numbered: (items: readonly StepView[]) =>
      items
        .map(
          ({ text, source }, index) =>
            `${index + 1}. ${escapeMarkdown(text)}${source === '' ? '' : ` <font color='grey'>${escapeMarkdown(source)}</font>`}`,
        )
        .join('\n'),
    bulleted: (items: readonly string[]) => items.map((item) => `- ${escapeMarkdown(item)}`).join('\n'),
    factlines: (facts: readonly Fact[]) =>
      facts.map(({ label, value }) => `**${escapeMarkdown(label)}** ${escapeMarkdown(value)}`).join('<br>'),
    mentions: (people: readonly Mention[]) => people.map(person).join(' '),
    memberlist: (rows: readonly MemberView[]) =>
      rows
        .map(
          ({ severity, service, title, count, state, id }) =>
            `- **${escapeMarkdown(words(severity))}** ${escapeMarkdown(`${service}: ${title}`)} <font color='grey'>${escapeMarkdown(`${count} ${state} ${id}`)}</font>`,
        )
        .join('\n'),
    memberlines: (rows: readonly MemberView[]) =>
      rows.map((row) => `[${words(row.severity)}] ${memberLine(row)}`).join('\n'),
    digestlines: (rows: readonly DigestRow[]) => rows.map(memberLine).join('\n'),
  };
}
