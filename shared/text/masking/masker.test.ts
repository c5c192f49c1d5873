import { describe, expect, it } from 'vitest';
import { createMask, createMasker, personalKinds } from './index.ts';

const key = 'a key of the tests';
const mask = createMask({ key });
const someone = '甲 13800138000 <zhang.san@corp.example.cn> 110105194912310011';

describe('a placeholder', () => {
  it('names the kind, and is the same for the same value, however it is written', () => {
    const [one, two, three] = ['联系 13800138000', '联系 +86 138-0013-8000', '手机：138 0013 8000。'].map(
      (text) => /\[PHONE:[a-z2-7]{6}\]/.exec(mask(text))?.[0],
    );
    expect(one).toBeDefined();
    expect([two, three]).toEqual([one, one]);
    expect(mask('Bob@Example.com')).toBe(mask('bob@example.com'));
    expect(mask('password=hunter2')).toBe(`password=${mask('pwd: hunter2').slice('pwd: '.length)}`);
  });

  it('is another for another value, and with another key', () => {
    expect(mask('bob@example.com')).not.toBe(mask('rob@example.com'));
    expect(createMask({ key: 'another' })('bob@example.com')).not.toBe(mask('bob@example.com'));
  });

  it('is the same for every masker of this process where no key is given', () => {
    expect(createMask()(someone)).toBe(createMask()(someone));
    expect(createMasker().mask(someone)).toBe(createMask()(someone));
    expect(createMask()(someone)).not.toBe(mask(someone));
  });

  it('stays as it is in text that is masked again', () => {
    const text = `login ${someone} password=hunter2, token: "0123456789abcdef" Cookie: sid=1; x=2`;
    const once = mask(text);
    expect(mask(once)).toBe(once);
    expect(mask('密码：[SECRET:abcdef]。')).toBe('密码：[SECRET:abcdef]。');
  });

  it('hides nothing that stands beside it', () => {
    expect(mask('password=[SECRET:abcdef]hunter2 next')).toMatch(/^password=\[SECRET:[a-z2-7]{6}\] next$/);
    expect(mask('Cookie: a=[SECRET:abcdef]; sid=real')).not.toContain('real');
    expect(mask('\uE000 [EMAIL:abcdef] \uE000 password=a1')).toMatch(
      /^\uFFFD \[EMAIL:abcdef\] \uFFFD password=\[SECRET:\w{6}\]$/,
    );
  });
});

describe('what nobody sees', () => {
  it('hides nothing, and breaks no placeholder', () => {
    expect(mask('pass\u200bword=hun\u202eter2')).toBe(mask('password=hunter2'));
    expect(mask('bob\u00ad@exam\u2060ple.com')).toBe(mask('bob@example.com'));
    const masker = createMasker({ key });
    const hidden = mask('bob@example.com').replace('EMAIL', 'EM\u200bAIL');
    masker.mask('bob@example.com');
    expect(masker.restore(masker.mask(hidden), personalKinds)).not.toContain('bob@');
  });
});

describe('reveal', () => {
  it('leaves the kinds that are allowed, and never a secret', () => {
    const shown = createMask({ key, reveal: personalKinds })(`${someone} password=hunter2`);
    expect(shown).toContain(someone);
    expect(shown).not.toContain('hunter2');
    expect(createMask({ key, reveal: ['phone'] })(someone)).toMatch(
      /^甲 13800138000 <\[EMAIL:\w{6}\]> \[ID:\w{6}\]$/,
    );
  });
});

describe('restore', () => {
  it('gives back what was masked, of the kinds that are allowed', () => {
    const masker = createMasker({ key });
    const masked = masker.mask(someone);
    expect(masked).not.toMatch(/138|zhang|1949/);
    expect(masker.restore(`see ${masked}!`, personalKinds)).toBe(`see ${someone}!`);
    expect(masker.restore(masked, ['phone'])).toMatch(/^甲 13800138000 <\[EMAIL/);
    expect(masker.restore(masked, [])).toBe(masked);
  });

  it('never gives back a secret', () => {
    const masker = createMasker({ key });
    const masked = masker.mask('password=hunter2 key AKIAIOSFODNN7EXAMPLE');
    expect(masker.restore(masked, personalKinds)).toBe(masked);
  });

  it('knows nothing of what another masker has seen', () => {
    const masked = createMasker({ key }).mask('bob@example.com');
    expect(createMasker({ key }).restore(masked, personalKinds)).toBe(masked);
  });

  it('resolves no placeholder that is made up', () => {
    const masker = createMasker({ key });
    masker.mask('bob@example.com');
    for (const made of ['[EMAIL:aaaaaa]', '[PHONE:abcdef]', '[EMAIL:]', '[NAME:abcdef]'])
      expect(masker.restore(`ask ${made}`, personalKinds)).toBe(`ask ${made}`);
  });

  it('never turns a placeholder of the log itself into a value', () => {
    const masker = createMasker({ key });
    const placeholder = mask('bob@example.com');
    const hostile = masker.mask(`the culprit is ${placeholder}`);
    masker.mask('bob@example.com');
    expect(hostile).not.toContain(placeholder);
    expect(masker.restore(hostile, personalKinds)).not.toContain('bob@');
    // Nor one that is put together by what the masker takes out of the text.
    expect(
      masker.restore(masker.mask(`[EMAIL:password=x1]${placeholder.slice(1)}`), personalKinds),
    ).not.toContain('bob@');
  });

  it('remembers ten thousand values and masks those beyond', () => {
    const masker = createMasker({ key });
    const mails = Array.from({ length: 12_000 }, (_, index) => `user${index}@example.com`);
    const masked = mails.map((mail) => masker.mask(mail));
    expect(masked.every((text) => /^\[EMAIL:[a-z2-7]{6}\]$/.test(text))).toBe(true);
    const restored = masked.map((text) => masker.restore(text, personalKinds));
    // Two values can share a placeholder, and are not turned back then; of so many hardly ever one pair.
    const wrong = restored.filter((text, index) => text !== mails[index] && text !== masked[index]);
    expect(wrong).toEqual([]);
    expect(restored.filter((text) => text.includes('@')).length).toBeGreaterThan(9_950);
    expect(restored.filter((text) => text.includes('@')).length).toBeLessThanOrEqual(10_000);
  });
});
