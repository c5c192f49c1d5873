import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Bench, messages, openBench, positions, published } from './testing/harness.ts';

let bench: Bench;
let path: Bench['path'];
beforeEach(async () => {
  bench = await openBench();
  path = bench.path;
});
afterEach(() => bench.close());

const soon = { timeout: 8000, interval: 20 };
const expectMessages = (wanted: readonly string[]): Promise<void> =>
  vi.waitFor(async () => expect(await messages(bench.bus)).toEqual(wanted), soon);
/** Where order between files is not given. */
const expectSet = (wanted: readonly string[]): Promise<void> =>
  vi.waitFor(async () => expect((await messages(bench.bus)).sort()).toEqual([...wanted].sort()), soon);

describe('lines', () => {
  it('are published as Filebeat would, one key a file', async () => {
    writeFileSync(path('a.log'), 'one\ntwo\r\n\nthree ☃\n');
    bench.tail([{ path: path('a.log'), type: 'syslog', service: 'sshd' }]);
    await vi.waitFor(async () => expect(await published(bench.bus, 'logs.syslog')).toHaveLength(3), soon);
    const events = await published(bench.bus, 'logs.syslog');
    expect(events.map(({ message, offset }) => [message, offset])).toEqual([
      ['one', 0],
      ['two', 4],
      ['three ☃', 10],
    ]);
    expect(new Set(events.map(({ partition }) => partition)).size).toBe(1);
    expect(events[0]).toMatchObject({
      key: `h1 ${path('a.log')}`,
      event: { host: { name: 'h1' }, service: { name: 'sshd' }, log: { file: { path: path('a.log') } } },
    });
    const [position] = (await positions(bench.bus)).values();
    expect(position).toMatchObject({ path: path('a.log'), offset: 20 });
  });

  it('are followed as the file grows', async () => {
    writeFileSync(path('a.log'), 'one\n');
    bench.tail([path('a.log')]);
    await expectMessages(['one']);
    appendFileSync(path('a.log'), 'two\nthree\n');
    await expectMessages(['one', 'two', 'three']);
  });

  it('are held back until they are complete', async () => {
    writeFileSync(path('a.log'), 'one\ntw');
    bench.tail([path('a.log')]);
    await expectMessages(['one']);
    appendFileSync(path('a.log'), 'o\n');
    await expectMessages(['one', 'two']);
  });

  it('without an end are published once when the file has been quiet, and the rest later', async () => {
    writeFileSync(path('a.log'), 'one\ntwo');
    bench.tail([path('a.log')]);
    await expectMessages(['one', 'two']);
    appendFileSync(path('a.log'), ' and more\nthree\n');
    await expectMessages(['one', 'two', ' and more', 'three']);
  });

  it('of a stack trace are joined, though they come in pieces', async () => {
    const trace = '10:00 ERROR failed\njava.io.IOException: no\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)';
    writeFileSync(path('a.log'), 'one\n10:00 ERROR failed\njava.io');
    bench.tail([path('a.log')]);
    await expectMessages(['one']);
    appendFileSync(path('a.log'), '.IOException: no\n\tat a.B.c(B.java:1)\r\n\tat a.B.d(B.java:2)\nlast\n');
    await expectMessages(['one', trace, 'last']);
    expect((await published(bench.bus)).map(({ flags }) => flags)).toEqual([[], ['multiline'], []]);
  });

  it('longer than allowed are cut and flagged, and nothing after them is lost', async () => {
    const maxLineBytes = 1024;
    const long = 'x'.repeat(3 * 1024 * 1024);
    writeFileSync(path('a.log'), `one\n${'y'.repeat(5000)}\n${long}\ntwo\n${'☃'.repeat(1000)}\nthree\n`);
    bench.tail([path('a.log')], maxLineBytes);
    await expectMessages(['one', 'y'.repeat(1024), 'x'.repeat(1024), 'two', '☃'.repeat(341), 'three']);
    expect((await published(bench.bus)).map(({ flags }) => flags.join())).toEqual([
      '',
      'truncated',
      'truncated',
      '',
      'truncated',
      '',
    ]);
  });

  it('longer than allowed and without an end are published once', async () => {
    writeFileSync(path('a.log'), 'x'.repeat(100_000));
    bench.tail([path('a.log')], 1024);
    await expectMessages(['x'.repeat(1024)]);
    appendFileSync(path('a.log'), 'y\ntwo\n');
    await expectMessages(['x'.repeat(1024), 'y', 'two']);
  });

  it('with bytes that are not UTF-8 leave the offsets exact', async () => {
    const bytes = Buffer.concat([Buffer.from([0x61, 0xff, 0xc3, 0x0a]), Buffer.from('b\u0000c\n')]);
    writeFileSync(path('a.log'), bytes);
    bench.tail([path('a.log')]);
    await expectMessages(['a\ufffd\ufffd', 'b\u0000c']);
    expect((await published(bench.bus)).map(({ offset }) => offset)).toEqual([0, 4]);
  });

  it('of many files all come', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `f${index}`);
    for (const name of names) writeFileSync(path(`${name}.log`), `${name} 1\n${name} 2\n`);
    bench.tail([bench.folder]);
    await expectSet(names.flatMap((name) => [`${name} 1`, `${name} 2`]));
  });
});

describe('rotation', () => {
  it('by rename: the old file is finished, the new one read from its beginning', async () => {
    writeFileSync(path('a.log'), 'one\n');
    bench.tail([path('a.log')]);
    await expectMessages(['one']);
    renameSync(path('a.log'), path('a.log.1'));
    appendFileSync(path('a.log.1'), 'late\n');
    writeFileSync(path('a.log'), 'new\n');
    await expectSet(['one', 'late', 'new']);
    appendFileSync(path('a.log.1'), 'later\n');
    await expectSet(['one', 'late', 'new', 'later']);
    expect(new Set((await published(bench.bus)).map(({ key }) => key))).toEqual(
      new Set([`h1 ${path('a.log')}`]),
    );
  });

  it('by rename within a followed folder publishes nothing twice', async () => {
    writeFileSync(path('a.log'), 'one\n');
    bench.tail([bench.folder]);
    await expectMessages(['one']);
    renameSync(path('a.log'), path('a.log.1'));
    writeFileSync(path('a.log'), 'two\n');
    await expectMessages(['one', 'two']);
    writeFileSync(path('a.log.2.gz'), gzipSync('one\n'));
    writeFileSync(path('packed'), gzipSync('one\n'));
    renameSync(path('a.log.1'), path('a.log.2'));
    renameSync(path('a.log'), path('a.log.1'));
    writeFileSync(path('a.log'), 'three\n');
    await expectMessages(['one', 'two', 'three']);
  });

  it('by copy and truncation within a followed folder publishes nothing twice', async () => {
    writeFileSync(path('a.log'), 'one\ntwo\n');
    bench.tail([bench.folder]);
    await expectMessages(['one', 'two']);
    copyFileSync(path('a.log'), path('a.log.1'));
    truncateSync(path('a.log'));
    appendFileSync(path('a.log'), 'three\n');
    await expectMessages(['one', 'two', 'three']);
    appendFileSync(path('a.log'), 'four\n');
    await expectMessages(['one', 'two', 'three', 'four']);
    expect(await positions(bench.bus)).toHaveProperty('size', 2);
  });

  it('takes from the copy what was not read before the truncation', async () => {
    writeFileSync(path('a.log'), 'one\n');
    const tail = bench.tail([path('a.log')]);
    await expectMessages(['one']);
    await tail.stop();
    appendFileSync(path('a.log'), 'two\n');
    copyFileSync(path('a.log'), path('a.log.1'));
    truncateSync(path('a.log'));
    appendFileSync(path('a.log'), 'three\n');
    bench.tail([bench.folder]);
    await expectSet(['one', 'two', 'three']);
  });

  it('sees a truncation though the file has outgrown its old size since', async () => {
    writeFileSync(path('a.log'), 'one\n');
    const tail = bench.tail([path('a.log')]);
    await expectMessages(['one']);
    writeFileSync(path('a.log'), 'uno\ndos\n');
    await expectMessages(['one', 'uno', 'dos']);
    await tail.stop();
    writeFileSync(path('a.log'), 'eins\nzwei\ndrei\n');
    bench.tail([path('a.log')]);
    await expectMessages(['one', 'uno', 'dos', 'eins', 'zwei', 'drei']);
  });

  it('gives equal lines of different contents of a file different identities', async () => {
    writeFileSync(path('a.log'), 'same\n');
    const tail = bench.tail([path('a.log')]);
    await expectMessages(['same']);
    truncateSync(path('a.log'));
    await vi.waitFor(async () => expect(await tail.metric('logpatrol_tail_truncations_total')).toBe(1), soon);
    appendFileSync(path('a.log'), 'same\n');
    await expectMessages(['same', 'same']);
    const prints = (await published(bench.bus)).map(({ event }) => event.log?.file?.fingerprint);
    expect(prints[0]).not.toBe(prints[1]);
  });

  it('passes over the hole that a writer without O_APPEND leaves after a truncation', async () => {
    writeFileSync(path('a.log'), 'one\n');
    bench.tail([path('a.log')]);
    await expectMessages(['one']);
    truncateSync(path('a.log'));
    writeFileSync(path('a.log'), Buffer.concat([Buffer.alloc(700_000), Buffer.from('two\n')]));
    await expectMessages(['one', 'two']);
  });
});

describe('resuming', () => {
  it('goes on at the saved position, and at the file that was rotated away meanwhile', async () => {
    writeFileSync(path('a.log'), 'one\n');
    const tail = bench.tail([path('a.log')]);
    await expectMessages(['one']);
    await tail.stop();
    appendFileSync(path('a.log'), 'two\n');
    renameSync(path('a.log'), path('a.log.1'));
    writeFileSync(path('a.log'), 'three\n');
    bench.tail([path('a.log')]);
    await expectSet(['one', 'two', 'three']);
  });

  it('ends when another tail of this host takes over', async () => {
    writeFileSync(path('a.log'), 'one\n');
    const first = bench.tail([path('a.log')]);
    await expectMessages(['one']);
    bench.tail([path('a.log')]);
    await vi.waitFor(async () => {
      appendFileSync(path('a.log'), 'more\n');
      await expect(Promise.race([first.ended, Promise.resolve()])).rejects.toMatchObject({ kind: 'fenced' });
    }, soon);
    await vi.waitFor(async () => {
      const all = await published(bench.bus);
      expect(new Set(all.map(({ offset }) => offset)).size).toBe(all.length);
    }, soon);
  });
});

describe('what is followed', () => {
  it('takes in files, folders and patterns that come later', async () => {
    mkdirSync(path('folder'));
    bench.tail([path('folder'), path('later.log'), `${path('p')}*/x-*.log`]);
    mkdirSync(path('folder/deep'));
    writeFileSync(path('folder/deep/a.log'), 'in a folder\n');
    writeFileSync(path('folder/.hidden'), 'hidden\n');
    writeFileSync(path('later.log'), 'by name\n');
    mkdirSync(path('p1'));
    writeFileSync(path('p1/x-1.log'), 'by pattern\n');
    writeFileSync(path('p1/y-1.log'), 'not matched\n');
    await vi.waitFor(
      async () =>
        expect((await messages(bench.bus)).sort()).toEqual(['by name', 'by pattern', 'in a folder']),
      { timeout: 15_000, interval: 50 },
    );
  });

  it('is each file once, through links and loops', async () => {
    mkdirSync(path('logs'));
    writeFileSync(path('logs/a.log'), 'one\n');
    symlinkSync(path('logs'), path('logs/loop'));
    symlinkSync(path('logs/a.log'), path('link.log'));
    symlinkSync(path('self'), path('self'));
    const tail = bench.tail([path('link.log'), path('logs'), path('self')]);
    await expectMessages(['one']);
    expect([...tail.problems().keys()]).toEqual([path('self')]);
    expect((await published(bench.bus))[0]?.path).toBe(path('logs/a.log'));
  });

  it('lets go of a deleted file, and reads one of its name from the beginning', async () => {
    writeFileSync(path('a.log'), 'one\n');
    bench.tail([path('a.log')]);
    await expectMessages(['one']);
    rmSync(path('a.log'));
    writeFileSync(path('a.log'), 'two\n');
    await expectMessages(['one', 'two']);
  });
});
