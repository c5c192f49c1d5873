import { describe, expect, it } from 'vitest';
import type { Position } from '#shared/model/index.ts';
import { headHash } from './file-reading.ts';
import { type Candidate, keepPositionMs, Ledger } from './ledger.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const text = 'first line\nsecond line\n';

function file(path: string, content: string, change: Partial<Candidate> = {}): Candidate {
  return {
    found: { path, device: '1', inode: '7', entry: { path, type: 'app' }, named: true },
    size: content.length,
    head: Buffer.from(content),
    modifiedAt: now - 60_000,
    bornAt: now - 60_000,
    ...change,
  };
}

function position(path: string, read: string, change: Partial<Position> = {}): Position {
  const identity = {
    device: '1',
    inode: '7',
    head: headHash(Buffer.from(read)),
    headLength: read.length,
    generation: 'g',
  };
  const source = `tail:h:${change.identity?.device ?? '1'}:7`;
  return { source, path, identity, offset: read.length, updatedAt: new Date(now).toISOString(), ...change };
}

const ledgerOf = (...positions: Position[]) =>
  new Ledger('h', new Map(positions.map((known) => [known.source, known])));
const read = text.slice(0, 11);

describe('a file', () => {
  it('goes on where it was read to', () => {
    const start = ledgerOf(position('/l/a.log', read)).startingPoint(file('/l/a.log', text), [], now);
    expect(start).toMatchObject({ offset: 11, generation: 'g', path: '/l/a.log', isSaved: true });
  });

  it('keeps the path of its lines when it was rotated', () => {
    const start = ledgerOf(position('/l/a.log', read)).startingPoint(file('/l/a.log.1', text), [], now);
    expect(start).toMatchObject({ offset: 11, path: '/l/a.log' });
  });

  it.each([
    ['has another beginning', 'FIRST line\nsecond line\n'],
    ['is shorter now', 'first'],
  ])('that %s is read anew, as another generation', (_name, content) => {
    const start = ledgerOf(position('/l/a.log', read)).startingPoint(file('/l/a.log', content), [], now);
    expect(start).toMatchObject({ offset: 0, generation: now.toString(36) });
  });

  it('goes on though its device has another number now, and the old position goes', () => {
    const known = position('/l/a.log', read);
    const moved = { ...known, source: 'tail:h:9:7', identity: { ...known.identity, device: '9' } };
    const start = ledgerOf(moved).startingPoint(file('/l/a.log', text), [], now);
    expect(start).toMatchObject({ offset: 11, isSaved: false, supersedes: 'tail:h:9:7' });
    expect(ledgerOf(moved).startingPoint(file('/l/other.log', text), [], now)).toMatchObject({ offset: 0 });
  });
});

describe('a copy', () => {
  const ended = { path: '/l/a.log', head: headHash(Buffer.from(read)), headLength: 11, offset: 11 };
  const withEnded = () => {
    const ledger = ledgerOf();
    ledger.end(ended, now - 1000);
    return ledger;
  };

  it('of contents that were truncated is read from where they were read to', () => {
    expect(withEnded().startingPoint(file('/l/a.log.1', text), [], now)).toMatchObject({
      offset: 11,
      isSaved: false,
    });
  });

  it('is waited for while it grows', () => {
    const growing = file('/l/a.log.1', 'first', { modifiedAt: now });
    expect(withEnded().startingPoint(growing, [], now)).toBeUndefined();
    expect(withEnded().startingPoint({ ...growing, modifiedAt: now - 60_000 }, [], now)).toMatchObject({
      offset: 0,
    });
  });

  it('of what is still followed waits for the truncation', () => {
    expect(ledgerOf().startingPoint(file('/l/a.log.1', text), [ended], now)).toBeUndefined();
  });

  it('is only what has a rotated name and the same beginning', () => {
    expect(withEnded().startingPoint(file('/l/b.log', text), [ended], now)).toMatchObject({ offset: 0 });
    expect(withEnded().startingPoint(file('/l/a.log.1', 'other line\nx\n'), [], now)).toMatchObject({
      offset: 0,
    });
  });
});

it('names positions of files that have been gone for a day', () => {
  const old = position('/l/old.log', read, { updatedAt: new Date(now - keepPositionMs - 1).toISOString() });
  const ledger = ledgerOf(old);
  expect(ledger.expired(now - 10)).toEqual([]);
  expect(ledger.expired(now)).toEqual([old.source]);
  ledger.forget(old.source);
  expect(ledger.expired(now)).toEqual([]);
});
