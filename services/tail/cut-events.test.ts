import { describe, expect, it } from 'vitest';
import { createRandom } from '#test/integrity/random.ts';
import { joinedEvents, logMixture } from '#test/samples/log-mixture.ts';
import { cutEvents, type Flush } from './cut-events.ts';

/** The texts that a window gives out, and how far it got. */
function cut(text: string, flush: Flush, { maxBytes = 100, more = false, room = 1000 } = {}) {
  const bytes = Buffer.from(text);
  const events: string[] = [];
  const done = cutEvents(bytes, { maxBytes, maxLines: 50, flush, more }, (event) => {
    if (events.length === room) return false;
    events.push(bytes.toString('utf8', event.start, event.end));
    return true;
  });
  return { events, rest: text.slice(done) };
}

describe('the end of a window', () => {
  const text = 'one\ntwo\nthr';

  it.each([
    ['none', ['one'], 'two\nthr'],
    ['lines', ['one', 'two'], 'thr'],
    ['all', ['one', 'two', 'thr'], ''],
  ] as const)('with flush %s', (flush, events, rest) => {
    expect(cut(text, flush)).toEqual({ events, rest });
  });

  it('leaves NULs that may be filled in later, and passes over a hole', () => {
    expect(cut('one\n\0\0\0', 'all')).toEqual({ events: ['one'], rest: '\0\0\0' });
    expect(cut('\0\0\0', 'none', { more: true })).toEqual({ events: [], rest: '' });
    expect(cut('\0\0one\n', 'lines')).toEqual({ events: ['one'], rest: '' });
  });
});

it('stops where an event does not fit, and begins there again', () => {
  expect(cut('a\nb\nc\nd\n', 'lines', { room: 2 })).toEqual({ events: ['a', 'b'], rest: 'c\nd\n' });
});

it('gives out the same events however the file is cut into windows', () => {
  const trace = 'Error: x\n    at f (a.js:1:1)\n    at g (a.js:2:1)\n';
  const text = Array.from({ length: 40 }, (_, index) =>
    index % 7 === 0 ? trace : `line ${index}\r\n\n`,
  ).join('');
  const whole = cut(text, 'all').events;
  for (let size = 60; size < 200; size += 1) {
    const events: string[] = [];
    for (let rest = text; rest !== ''; ) {
      const more = rest.length > size;
      const step = cut(rest.slice(0, size), more ? 'none' : 'all', { more });
      events.push(...step.events);
      const next = step.rest + rest.slice(size);
      expect(next.length, 'progress').toBeLessThan(rest.length);
      rest = next;
    }
    expect(events).toEqual(whole);
  }
});

const seed = Date.now() % 1_000_000;
it(`gives out the events that the joiner finds, however the file is cut into windows (seed ${seed})`, () => {
  const random = createRandom(seed);
  for (let round = 0; round < 200; round += 1) {
    const text = logMixture(random);
    const events: string[] = [];
    for (let rest = text; rest !== ''; ) {
      const size = random.between(1, text.length);
      const more = rest.length > size;
      const step = cut(rest.slice(0, size), more ? 'none' : 'all', { more, maxBytes: 10_000 });
      events.push(...step.events);
      rest = step.rest + rest.slice(size);
    }
    expect(events, JSON.stringify(text)).toEqual(joinedEvents(text, { maxBytes: 10_000, maxLines: 50 }));
  }
});
