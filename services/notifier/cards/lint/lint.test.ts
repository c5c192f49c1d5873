import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';
import { renderOptions } from '../../testing/render-options.ts';
import { sampleMessage } from '../../testing/sample.ts';
import { renderFeishuCard } from '../feishu.ts';
import { checkTemplates, lintTemplates, mistakeText } from './index.ts';

const shipped = new URL('../templates/', import.meta.url);
const card = readFileSync(new URL('card.njk', shipped), 'utf8');
const folders: string[] = [];

/** A folder with one template in it, the shipped card with one thing changed. */
function folderWith(from: string, to: string, name = 'card.njk'): string {
  expect(card).toContain(from);
  const folder = mkdtempSync(join(tmpdir(), 'logpatrol-cards-'));
  folders.push(folder);
  writeFileSync(join(folder, name), card.replace(from, to));
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('lintTemplates', () => {
  it('finds nothing wrong with the shipped templates', () => {
    expect(lintTemplates(shipped.pathname)).toEqual([]);
  });

  it.each([
    ['an unknown variable', 'view.full.label', 'view.full.lable', /unknown variable view\.full\.lable/],
    [
      'an unknown variable that is only asked for',
      '{% if view.chart %}',
      '{% if viev.chart %}',
      /unknown variable viev/,
    ],
    ['an unknown filter', 'view.proof.text | code', 'view.proof.text | kode', /filter not found: kode/],
    ['a mistake of syntax', '{% endif %}', '{% endfi %}', /unknown block tag: endfi/],
    ['an unknown attribute', '"direction"', '"directoin"', /body\.directoin: unknown attribute/],
    ['an unknown component', '"collapsible_panel"', '"folding_panel"', /no component "folding_panel"/],
    ['a wrong value', '"12px 12px 12px 12px"', '"12"', /body\.padding: must be one to four lengths/],
    ['what is no JSON', '"vertical",', '"vertical"', /makes no JSON/],
    [
      'a text in quotes of its own',
      '"schema": "2.0",',
      '"schema": "2.0", "x": "{{ view.proof.text }}",',
      /makes no JSON|unknown attribute|output null/,
    ],
  ])('names file and line of %s', (_, from, to, why) => {
    const folder = folderWith(from, to);
    const [mistake, ...more] = lintTemplates(folder);
    expect(more).toEqual([]);
    expect(mistake?.why).toMatch(why);
    expect(mistake?.file).toBe(join(folder, 'card.njk'));
    const line = card.slice(0, card.indexOf(from)).split('\n').length;
    expect(Math.abs((mistake?.line ?? 0) - line)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['view.evidence.text | code', 'view.evidence.text'],
    ['(list.label | md) ~ "**\\n" ~ (list.items | bulleted)', '(list.label | md) ~ list.items[0]'],
    ['{{ parts.footer(view.footer) }}', '{{ parts.markdown("<b>" ~ view.title) }}'],
  ])('refuses what lets a text of a log into Markdown as it is: %s', (from, to) => {
    const [mistake, ...more] = lintTemplates(folderWith(from, to));
    expect(more).toEqual([]);
    expect(mistake?.why).toMatch(/^a text stands in Markdown as it is.*\(sample: hostile/s);
  });

  it('says that a folder has no templates, or is not there', () => {
    const [none] = lintTemplates(folderWith('view', 'view', 'kard.njk'));
    expect(none?.why).toMatch(/has none of card\.njk/);
    expect(lintTemplates('/nowhere')[0]?.why).toMatch(/cannot be read/);
    const folder = folderWith('view', 'view', 'parts.njk');
    mkdirSync(join(folder, 'card.njk'));
    const file = join(folder, 'card.njk');
    expect(lintTemplates(folder)).toContainEqual({
      ...{ file, line: undefined, why: expect.stringMatching(/cannot be read/) },
    });
  });

  it('stops a start', () => {
    const folder = folderWith('view.full.label', 'view.full.lable');
    expect(() => checkTemplates(folder)).toThrow(
      expect.objectContaining({
        kind: 'invalid-config',
        message: expect.stringMatching(/card\.njk:\d+: unknown/),
      }),
    );
    expect(() => checkTemplates(undefined)).not.toThrow();
    expect(mistakeText({ file: 'a', line: undefined, why: 'b' })).toBe('a: b');
  });
});

describe("a template of the user's own", () => {
  const rendered = (folder: string) => {
    const config = { ...renderOptions.config, cards: { templates: folder } };
    const verdict = judgeCard(renderFeishuCard(sampleMessage(), { ...renderOptions, config }));
    if (!verdict.ok) throw new Error(verdict.message);
    return verdict.seen.text;
  };

  it('makes the card, with the shipped parts', () => {
    const text = rendered(
      folderWith('{{ parts.footer(view.footer) }}', '{{ parts.footer("ours " ~ view.footer) }}'),
    );
    expect(text).toMatch(/ours 0-a1b2c3d4e5f60718-m3k9x2p0 r1$/);
  });

  it('is replaced by the shipped one where it cannot make this card, and the card says so', () => {
    for (const folder of [
      folderWith('view.footer)', 'view.foot)'),
      folderWith('"12px 12px 12px 12px"', '"12"'),
    ]) {
      const text = rendered(folder);
      expect(text).toContain('Connection refused');
      expect(text).toContain('logpatrol cards lint');
    }
  });
});
