import { describe, expect, it } from 'vitest';
import { createLineJoiner } from '#shared/text/multiline.ts';
import { createRandom } from '#test/integrity/random.ts';
import { joinedEvents, logMixture } from '#test/samples/log-mixture.ts';
import { createGate } from '../detect/gate.ts';
import { type CutterOptions, EventCutter } from './event-cutter.ts';

interface Taken {
  readonly text: string;
  readonly offset: number;
  readonly line: number;
  readonly before: readonly string[];
}

function cut(chunks: readonly Buffer[], options: Partial<CutterOptions> = {}): Taken[] {
  const taken: Taken[] = [];
  const cutter = new EventCutter({
    gate: undefined,
    joins: () => false,
    maxLineBytes: 1000,
    context: 2,
    take: (event) =>
      taken.push({
        text: event.bytes.toString('utf8', event.start, event.end),
        offset: event.offset,
        line: event.line,
        before: event.before(),
      }),
    ...options,
  });
  for (const chunk of chunks) cutter.push(chunk);
  cutter.end();
  return taken;
}

const texts = (taken: readonly Taken[]) => taken.map((event) => event.text);

describe('EventCutter', () => {
  it('cuts lines with either line end, the last without one too, and passes over empty ones', () => {
    expect(cut([Buffer.from('a\r\n\nbc\r\nd')])).toEqual([
      { text: 'a', offset: 0, line: 1, before: [] },
      { text: 'bc', offset: 4, line: 3, before: ['a'] },
      { text: 'd', offset: 8, line: 4, before: ['a', 'bc'] },
    ]);
    expect(cut([])).toEqual([]);
    expect(cut([Buffer.from('\n\n')])).toEqual([]);
  });

  it('joins what belongs together, over the ends of chunks', () => {
    const text = 'one\njava.lang.X: y\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)\ntwo\n';
    const expected = ['one', 'java.lang.X: y\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)', 'two'];
    for (const size of [1, 7, 20, 1000])
      expect(
        texts(
          cut(
            inChunks(text, () => size),
            { joins: createLineJoiner({ maxBytes: 1000, maxLines: 100 }).joins },
          ),
        ),
      ).toEqual(expected);
  });

  it('keeps the beginning of a line without end, and goes on behind it', () => {
    const text = `${'x'.repeat(5000)}\nafter\n`;
    for (const size of [1, 999, 6000])
      expect(cut(inChunks(text, () => size)).map((event) => [event.text, event.offset, event.line])).toEqual([
        ['x'.repeat(1000), 0, 1],
        ['after', 5001, 2],
      ]);
    expect(texts(cut(inChunks('y'.repeat(5000), () => 600)))).toEqual(['y'.repeat(1000)]);
  });

  it('needs no more memory for a line that never ends', () => {
    const cutter = new EventCutter({
      gate: undefined,
      joins: () => false,
      maxLineBytes: 1000,
      context: 2,
      take: () => {},
    });
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    cutter.push(chunk);
    const before = process.memoryUsage().arrayBuffers;
    for (let megabytes = 0; megabytes < 100; megabytes += 1) cutter.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 * 1024);
  });

  const seed = Date.now() % 1_000_000;
  it(`finds the events that the joiner finds, however the input is cut (seed ${seed})`, () => {
    const random = createRandom(seed);
    for (let round = 0; round < 400; round += 1) {
      const text = logMixture(random);
      const limits = { maxBytes: random.between(200, 2000), maxLines: random.between(1, 30) };
      const options = { joins: createLineJoiner(limits).joins, maxLineBytes: 200 };
      const chunks = inChunks(text, () => random.between(1, 300));
      expect(texts(cut(chunks, options)), JSON.stringify(text)).toEqual(joinedEvents(text, limits));
    }
  });

  it(`gives with the gate what it gives without and contains a literal, whatever the chunks (seed ${seed})`, () => {
    const random = createRandom(seed);
    const literals = ['fatal', 'caused by: x'];
    const gate = createGate(literals.map((text) => ({ literal: Buffer.from(text), tags: [0] })));
    const lines = [
      'ok',
      'a FATAL b',
      '',
      '\tat a.B.c(B.java:1)',
      'Caused by: X',
      'fata',
      'l',
      '\tat fatal.x(y)',
      'z'.repeat(60),
    ];
    let hits = 0;
    for (let round = 0; round < 400; round += 1) {
      const text = Array.from(
        { length: random.between(0, 40) },
        () => `${lines[random.between(0, lines.length - 1)]}${random.next() < 0.2 ? '\r\n' : '\n'}`,
      ).join('');
      const options = () => ({
        maxLineBytes: 59,
        joins: createLineJoiner({ maxBytes: 59, maxLines: 5 }).joins,
      });
      const expected = cut([Buffer.from(text)], options()).filter((event) =>
        literals.some((literal) => event.text.toLowerCase().includes(literal)),
      );
      hits += expected.length;
      const chunks = inChunks(text, () => random.between(1, 80));
      expect(cut(chunks, { ...options(), gate }), JSON.stringify(text)).toEqual(expected);
    }
    expect(hits).toBeGreaterThan(400);
  });
});

function inChunks(text: string, size: () => number): Buffer[] {
  const bytes = Buffer.from(text);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + size();
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}
