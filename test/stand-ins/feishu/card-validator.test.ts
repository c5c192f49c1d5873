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

const callback = [{ type: 'callback', value: { a: 'resolve' } }];
const words = (content: string) => ({ tag: 'plain_text', content });
const option = (value: string) => ({ text: words(value), value });
const chart = (spec: Record<string, unknown>) => ({
  tag: 'chart',
  chart_spec: {
    type: 'bar',
    data: { values: [{ time: '09:00', count: 1 }] },
    xField: 'time',
    yField: 'count',
    ...spec,
  },
});

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
      mentions: [],
      urls: ['https://a.example/'],
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

  it('takes callbacks from an app, and none from a custom bot', () => {
    const confirm = { title: words('sure?'), text: words('really') };
    for (const element of [
      { tag: 'button', text: words('x'), behaviors: callback, confirm },
      { tag: 'select_static', options: [option('a'), option('b')], behaviors: callback },
      { tag: 'overflow', options: [option('a')] },
    ]) {
      expect(refusal(card([element]))).toBe('accepted');
      const verdict = judgeCard(card([element]), { callbacks: false });
      expect(verdict).toMatchObject({ ok: false, message: expect.stringMatching(/no callbacks/) });
    }
  });

  it.each([
    ['a button without words', { tag: 'button', text: words(''), behaviors: callback }, /2006/],
    [
      'a button of 101 characters',
      { tag: 'button', text: words('x'.repeat(101)), behaviors: callback },
      /2006/,
    ],
    ['a button that does nothing', { tag: 'button', text: words('x'), behaviors: [] }, /2006/],
    ['a button as 1.0 had it', { tag: 'button', text: words('x'), value: {}, behaviors: callback }, /value/],
    [
      'a question without a title',
      { tag: 'button', text: words('x'), behaviors: callback, confirm: { text: words('x') } },
      /2006/,
    ],
    [
      'two options of the same value',
      { tag: 'select_static', options: [option('a'), option('a')], behaviors: callback },
      /same value/,
    ],
    ['a choice of nothing', { tag: 'select_static', options: [], behaviors: callback }, /2006/],
    ['a chart of an unknown type', chart({ type: 'candles' }), /200550/],
    ['a chart whose axes are no list', chart({ axes: null }), /200550.*axes/],
    ['a chart without data', chart({ data: { values: [] } }), /200550/],
    ['a chart whose data lacks a field', chart({ yField: 'lines' }), /200550.*lines/],
    ['a colour of a chart beside its specification', { ...chart({}), color: ['red'] }, /property: color/],
    [
      'too deep a nesting',
      [1, 2, 3, 4, 5, 6].reduce<unknown>((inner) => panelOf(inner), text('x')),
      /deeper/,
    ],
  ])('refuses %s', (_, element, message) => {
    expect(refusal(card([element]))).toMatch(message);
  });

  it('takes a chart', () => {
    expect(refusal(card([chart({ title: { text: 'lines' } })]))).toBe('accepted');
  });

  it('reports who is called and what is linked, in code too', () => {
    const called = 'ou_7d8a6e6df7621556ce0d21922b676706';
    const verdict = judgeCard(
      card([text(`<at id=${called}></at> [x](https://a.example/)`), text('```\n<at id=all></at>\n```')]),
    );
    expect(verdict).toMatchObject({ mentions: [called, 'all'], urls: ['https://a.example/'] });
  });
});

function panelOf(inner: unknown) {
  return { tag: 'collapsible_panel', header: { title: words('x') }, elements: [inner] };
}
