import { createRandom } from '#test/integrity/random.ts';

/** A small random generator with a seed (mulberry32), so that a failing text can be made again. */
export function randomFrom(seed: number): () => number {
  return createRandom(seed).next;
}

const attacks = [
  '<at id=all></at>',
  '<at\u200b id=all>',
  '<\u202eat id=all></at>',
  '</font><at id=all></at>',
  '<img src="x">',
  "<font color='red'>",
  '<text_tag color="red">x</text_tag>',
  '<a href="http://evil.example">x</a>',
  '<link url="http://evil.example"></link>',
  '<person id=ou_0123456789abcdef></person>',
  '&#60;at id=all&#62;',
  '&lt;at id=all&gt;',
  '[click](http://evil.example)',
  '![x](img_v2_041b28e3)',
  '[a]: http://evil.example\n\n[a]',
  'http://evil.example/路径',
  '错误http://evil.example失败',
  'www.evil.example失败',
  'ops@evil.example',
  '<http://evil.example>',
  '```',
  '````\n```',
  '~~~~',
  '\n```\n<at id=all></at>\n```',
  '`'.repeat(5000),
  '    indented',
  '\n\n    indented code',
  '\n# heading',
  '\n- item',
  '\n1. item',
  '1. item',
  '\n===\n',
  '\n---\n',
  '\n| a | b |\n|---|---|\n| 1 | 2 |\n',
  '\n> quote',
  ':OK: :smile:',
  '**bold** __x__ ~~y~~ *z*',
  '\\<at id=all>',
  '\u0000',
  '\u001b[31mred\u001b[0m',
  '\u202eevil\u202c',
  '\ud800',
  '\udc00x',
  '\u2028',
  '\r\n',
  '\ufeff',
  '{{ view.title }}',
  '{% raw %}',
  '"}],"x":1',
  '\\u003cat id=all\\u003e',
  '__proto__',
  '好'.repeat(3000),
  '👩‍👩‍👧‍👦'.repeat(500),
  '-',
  ' ',
  '',
];

/** A text out of attacks, ordinary words and random characters of all of Unicode. */
export function hostileText(random: () => number): string {
  const pieces = Math.floor(random() * 6);
  let text = '';
  for (let index = 0; index <= pieces; index++) {
    const kind = random();
    if (kind < 0.6) text += attacks[Math.floor(random() * attacks.length)] ?? '';
    else if (kind < 0.75) text += 'ERROR connection refused ';
    else if (kind < 0.9)
      for (let left = 1 + Math.floor(random() * 40); left > 0; left--)
        text += String.fromCharCode(Math.floor(random() * 0x10000));
    else
      for (let left = 1 + Math.floor(random() * 200); left > 0; left--)
        text += String.fromCharCode(32 + Math.floor(random() * 96));
  }
  return text;
}
