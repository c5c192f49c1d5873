import { beforeAll, describe, expect, it } from 'vitest';
import { Library } from './library.ts';
import type { RunbookQuery } from './port.ts';
import { book } from './testing/book.ts';

const books = [
  book(
    'disk',
    '磁盘空间已满',
    {
      症状: '写入失败，日志里有 No space left on device。',
      检查: '用 `df -h` 与 `du -sh` 看哪个目录最大。',
      处置: '删除旧日志，或扩容分区。',
      升级: '磁盘找存储组。',
    },
    { tags: ['disk-full', 'ENOSPC'], rules: ['storage.no-space'] },
  ),
  book(
    'pool',
    '连接池耗尽',
    { 症状: 'HikariPool-1 - Connection is not available，请求超时。', 处置: '调大 maximumPoolSize。' },
    { services: ['shop'], rules: ['jvm.pool'] },
  ),
  book('npe', 'Java 程序缺陷', {
    症状: 'java.lang.NullPointerException 出现在业务日志。',
    处置: '找开发回滚版本。',
  }),
  book('image', '镜像拉取失败', { 症状: 'Pod 处于 ImagePullBackOff。', 检查: '看 registry 的证书与密码。' }),
  book('deadlock', '数据库死锁', {
    症状: 'ORA-00060: deadlock detected while waiting for resource',
    处置: '重试事务。',
  }),
  book('reset', '连接被重置', { 症状: '客户端报 CONN_RESET 或 Connection reset by peer。' }),
  book('search', 'Elasticsearch 集群变红', { 症状: '主分片丢失，status red。' }, { tags: ['elasticsearch'] }),
  book(
    'kafka',
    'Kafka 连不上',
    { 症状: 'broker 宕机，客户端报 Connection to node -1 could not be established。' },
    { tags: ['kafka', 'broker'] },
  ),
  book('lag', '数据库主从延迟', { 症状: '从库落后主库，读到旧数据。' }),
];

let library: Library;
beforeAll(async () => {
  library = await Library.of(books);
});

function names(text: string, more: Partial<RunbookQuery> = {}): string[] {
  return library.find({ text, limit: 3, ...more }).map(({ name }) => name);
}

describe('a search by words', () => {
  it.each([
    ['Chinese as people write it', '磁盘又满了写不进去', 'disk'],
    ['a part of a Chinese sentence', '读到旧数据', 'lag'],
    ['English for Chinese, by what both call it', 'replica is lagging behind', 'lag'],
    ['Chinese for English', '没有空间了', 'disk'],
    ['an identifier in words', 'null pointer in checkout', 'npe'],
    ['an identifier in one word', 'nullpointerexception', 'npe'],
    ['an identifier with hyphens', 'ora 00060', 'deadlock'],
    ['an identifier without them', 'ORA00060', 'deadlock'],
    ['an identifier with underscores', 'conn reset', 'reset'],
    ['an identifier in humps', 'image pull back off', 'image'],
    ['a tag with a hyphen', 'DISK FULL', 'disk'],
    ['the other way round', 'diskFull', 'disk'],
    ['full-width letters', 'ｅｌａｓｔｉｃｓｅａｒｃｈ ＲＥＤ', 'search'],
    ['both languages without a space', 'pod一直ImagePullBackOff', 'image'],
    ['two letters swapped', 'elasticsaerch', 'search'],
    ['a short word misspelt', 'kakfa', 'kafka'],
    ['letters missing', 'NulPointerExeption', 'npe'],
    ['the beginning of a word', 'elastic', 'search'],
    ['another inflection', 'deadlocks detecting', 'deadlock'],
  ])('finds %s', (_how, text, name) => {
    expect(names(text)[0]).toBe(name);
  });

  it('finds nothing where there is nothing to find', () => {
    expect(names('')).toEqual([]);
    expect(names('的 了 吗 the of')).toEqual([]);
    expect(names('zzqqy 9f86d081884c7d659a2feaa0c55ad015')).toEqual([]);
  });

  it('says what of the query was found, the rarest first, and where', () => {
    expect(library.find({ text: 'HikariPool 超时', limit: 1 })).toEqual([
      {
        name: 'pool',
        title: '连接池耗尽',
        section: '症状',
        foundBy: 'search',
        score: expect.any(Number),
        steps: ['调大 maximumPoolSize。'],
        path: '/books/pool.md',
        line: 10,
        text: expect.stringContaining('HikariPool-1'),
        terms: expect.arrayContaining(['hikari', '超时', 'timeout']),
      },
    ]);
    const [hit] = library.find({ text: '连接 hikari', limit: 1 });
    expect(hit?.terms.indexOf('hikari')).toBeLessThan(hit?.terms.indexOf('连接') ?? -1);
  });

  it('puts what the rule names first, then runbooks for the rule, whatever the words say', () => {
    const query = { text: 'No space left on device', rule: 'jvm.pool', named: 'lag' };
    const hits = library.find({ ...query, limit: 5 });
    expect(hits.map(({ name, foundBy }) => [name, foundBy])).toEqual([
      ['lag', 'rule'],
      ['pool', 'rule'],
      ['pool', 'rule'],
      ['disk', 'search'],
      ['disk', 'search'],
    ]);
    expect(names('磁盘满', { named: 'no such runbook' })[0]).toBe('disk');
  });

  it('prefers runbooks for the service', async () => {
    const same = (name: string, services: string[]) =>
      book(name, '接口变慢', { 症状: '响应时间上升' }, { services });
    const two = await Library.of([same('a', ['billing']), same('b', ['shop'])]);
    const first = (service: string) => two.find({ text: '接口慢', service, limit: 1 })[0]?.name;
    expect([first('billing'), first('shop')]).toEqual(['a', 'b']);
  });

  it('shows several runbooks rather than every section of one', () => {
    expect(new Set(names('磁盘 数据库', { limit: 4 })).size).toBeGreaterThan(1);
  });

  it('shows what helps before whom to call, where the words are the same', async () => {
    const text = '风扇停转';
    const fan = await Library.of([book('fan', '风扇', { 参考: text, 升级: text, 处置: text })]);
    const found = fan.find({ text: '风扇停转', limit: 3 });
    expect(found.map(({ section }) => section)).toEqual(['处置', '升级', '参考']);
  });

  it('gives no more than it is asked for', () => {
    expect(names('数据库', { limit: 0 })).toEqual([]);
    expect(names('磁盘', { limit: 1, named: 'disk' })).toEqual(['disk']);
  });

  it('answers quickly, whatever it is asked', () => {
    const hostile = [
      'x'.repeat(1e6),
      '磁'.repeat(1e6),
      'a.b-c_D'.repeat(2e5),
      'ab '.repeat(3e5),
      '*[](){}~^"\\'.repeat(1e5),
    ];
    for (const text of hostile) {
      const started = performance.now();
      library.find({ text, limit: 5 });
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});

describe('a search by words and meaning', () => {
  const entry = (name: string): number => library.entries.findIndex(({ runbook }) => runbook.name === name);

  it('fuses both by rank, and says how alike the meanings are', () => {
    const near = [
      { entry: entry('search'), similarity: 0.9 },
      { entry: entry('kafka'), similarity: 0.8 },
    ];
    const hits = library.find({ text: 'kafka broker', limit: 2 }, near);
    expect(hits.map(({ name, similarity }) => [name, similarity])).toEqual([
      ['kafka', 0.8],
      ['search', 0.9],
    ]);
    expect(hits[0]?.score).toBeCloseTo(1 / 61 + 1 / 62, 10);
  });

  it('finds by meaning what has none of the words', () => {
    const hits = library.find({ text: 'zzqqy', limit: 1 }, [{ entry: entry('lag'), similarity: 0.7 }]);
    expect(hits).toMatchObject([{ name: 'lag', terms: [], similarity: 0.7 }]);
  });
});
