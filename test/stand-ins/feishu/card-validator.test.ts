import { describe, expect, it } from 'vitest';
import { judgeCard } from './card-validator.ts';

const text = (content: string, over: Record<string, unknown> = {}) => ({ tag: 'markdown', content, ...over });
const card = (elements: unknown[], over: Record<string, unknown> = {}) => ({
  schema: '2.0',
  header: { title: { tag: 'plain_text', content: 'title' }, template: 'red' },
  body: { elements },
  ...over,
});

function refusal(value: unknown): string {
  const verdict = judgeCard(value);
  return verdict.ok ? 'accepted' : verdict.message;
}

describe('judgeCard', () => {
  it('takes a good card and says what a reader sees', () => {
    const verdict = judgeCard(
      card([
        text('**bold** &#60;b&#62;<br>next'),
        { tag: 'hr' },
        {
          tag: 'column_set',
          columns: [
            { tag: 'column', elements: [{ tag: 'div', text: { tag: 'plain_text', content: '<raw>' } }] },
          ],
        },
        {
          tag: 'collapsible_panel',
          header: { title: { tag: 'plain_text', content: 'more' } },
          elements: [text('x')],
        },
        {
          tag: 'button',
          text: { tag: 'plain_text', content: 'open' },
          behaviors: [{ type: 'open_url', default_url: 'https://a.example/' }],
        },
      ]),
    );
    expect(verdict).toEqual({
      ok: true,
      seen: { title: 'title', subtitle: '', color: 'red', text: 'bold <b>\nnext\n<raw>\nmore\nx\nopen' },
    });
  });

  it.each([
    [
      'an unknown property',
      card([text('x', { text_color: 'red' })]),
      /200621.*unknown property, property: text_color, path: ROOT -> body -> elements -> \[0\]\(tag: markdown\)/,
    ],
    ['a property of the whole', card([text('x')], { elements: [] }), /property: elements, path: ROOT$/],
    [
      'a tag in the header',
      card([text('x')], { header: { tag: 'header', title: { tag: 'plain_text', content: 'x' } } }),
      /property: tag, path: ROOT -> header/,
    ],
    ['a removed tag', card([{ tag: 'note', elements: [] }]), /200861/],
    ['a text object as a component', card([{ tag: 'plain_text', content: 'x' }]), /2006|2008/],
    [
      'a hexadecimal colour',
      card([{ tag: 'div', text: { tag: 'plain_text', content: 'x', text_color: '#ff0000' } }]),
      /200621/,
    ],
    ['a bad margin', card([text('x', { margin: '5' })]), /margin/],
    [
      'an address of another scheme',
      card([
        {
          tag: 'button',
          text: { tag: 'plain_text', content: 'x' },
          behaviors: [{ type: 'open_url', default_url: 'javascript:alert(1)' }],
        },
      ]),
      /whitelist/,
    ],
    [
      'a callback, which a custom bot has not',
      card([
        {
          tag: 'button',
          text: { tag: 'plain_text', content: 'x' },
          behaviors: [{ type: 'callback', value: {} }],
        },
      ]),
      /2006/,
    ],
    [
      'two of the same element_id',
      card([text('x', { element_id: 'a' }), text('y', { element_id: 'a' })]),
      /300301/,
    ],
    ['a mention of nobody', card([text('<at id=nobody></at>')]), /100290/],
    ['a mention of nobody in code', card([text('```\n<at id=x></at>\n```')]), /100290/],
    ['an image that is no key', card([text('![x](http://a.example/x.png)')]), /200570/],
    ['an address that touches Chinese text', card([text('http://a.example/失败')]), /invalid url/],
    ['four tables', card([1, 2, 3, 4].map(() => text('| a |\n|---|\n| 1 |'))), /table number/],
    ['schema 1.0', { elements: [] }, /200621/],
    ['no object', 'card', /200621/],
  ])('refuses %s', (_, value, message) => {
    expect(refusal(value)).toMatch(message);
  });

  it('counts everything with a tag: 200 and no more', () => {
    const elements = (count: number) => Array.from({ length: count }, () => text('x'));
    expect(refusal(card(elements(199)))).toBe('accepted');
    expect(refusal(card(elements(200)))).toMatch(/11310.*201 > 200/);
  });
});
