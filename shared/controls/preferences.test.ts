import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readAudit } from '#shared/audit/index.ts';
import { openEmbeddedBus } from '#shared/bus/embedded.ts';
import type { Bus } from '#shared/bus/port.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type ControlBoard, openControlBoard } from './board.ts';
import { ControlBook } from './book.ts';
import { PreferenceBook } from './preference-book.ts';

const config = ConfigSchema.parse({ people: { ana: { name: 'Ana' } }, teams: { dba: { members: ['ana'] } } });
const origin = { via: 'cli' } as const;
const lines: string[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });

let folder: string;
let bus: Bus;
let board: ControlBoard | undefined;
let book: PreferenceBook;

beforeEach(async () => {
  lines.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-preferences-'));
  bus = await openEmbeddedBus({ dataDir: folder, maxBytes: 1e8, logger });
  await bus.setup(topicSpecs(config));
  book = new PreferenceBook({ bus, config, logger, clock: Date.now });
});
afterEach(async () => {
  board?.close();
  await bus.close();
  await rm(folder, { recursive: true });
});

describe('preferences', () => {
  it('are seen by the board within a second or so, beside controls, and until they are reset', async () => {
    const controls = new ControlBook({ bus, logger, clock: Date.now });
    const control = await controls.add({ kind: 'silence', scope: { host: 'h' }, by: 'bo' }, () => []);
    board = await openControlBoard({ bus, logger });
    const set = await book.set({ who: 'ana', tell: true, from: 'critical', by: 'bo' }, origin);
    await vi.waitFor(() => expect(board?.preferences()).toEqual(new Map([['ana', set]])), 10_000);
    expect(board.all()).toEqual([control]);
    const off = await book.set({ who: 'ana', tell: false, by: 'ana' }, origin);
    const team = await book.set({ who: 'dba', tell: false, by: 'ana' }, origin);
    expect(await book.list()).toEqual([off, team]);
    expect(await controls.list()).toEqual([control]);
    expect(await book.reset('ana', 'bo', origin)).toBe(true);
    expect(await book.reset('ana', 'bo', origin)).toBe(false);
    await vi.waitFor(() => expect(board?.preferences()).toEqual(new Map([['dba', team]])), 10_000);
  });

  it('are in the audit log, each change once', async () => {
    await book.set({ who: 'ana', tell: true, from: 'critical', by: 'bo' }, origin);
    await book.reset('ana', 'ana', origin);
    const entries = await readAudit(bus, logger, { limit: 10 });
    expect(entries.map(({ action, by, controlId, note }) => [action, by.id, controlId, note]).sort()).toEqual(
      [
        ['preference.reset', 'ana', 'preference/ana', undefined],
        ['preference.set', 'bo', 'preference/ana', 'told from critical on'],
      ],
    );
  });

  it('are of people and teams of the configuration', async () => {
    await expect(book.set({ who: 'eve', tell: false, by: 'bo' }, origin)).rejects.toThrow(
      'there is nobody "eve" under people or teams; there are ana, dba',
    );
  });

  it('that cannot be read are passed over, and what was said before with them', async () => {
    await book.set({ who: 'ana', tell: false, by: 'bo' }, origin);
    const writer = await bus.writer('test');
    const value = JSON.stringify({ kind: 'preference', who: 'dba', tell: false, by: 'x', createdAt: 'now' });
    await writer.write([{ topic: topic.controls, partition: 0, key: 'preference/ana', value }]);
    await writer.close();
    expect(await book.list()).toEqual([]);
    expect(lines.join('')).toContain('unreadable control is passed over');
  });
});
