import type { PersonalKind } from './kinds.ts';

/** So far back the words are looked at that say what a number is. */
const reach = 40;

const words: Partial<Record<PersonalKind, RegExp>> = {
  phone:
    /phone|mobile|msisdn|\btel\b|\bsms\b|callee|caller|contact|whatsapp|手机|电话|号码|联系|短信|主叫|被叫|拨打/i,
  card: /card|\bpan\b|卡|银行/i,
};

/** True where the words right before a number call it one of this kind. */
export function saysSo(kind: PersonalKind, text: string, start: number): boolean {
  return words[kind]?.test(text.slice(Math.max(0, start - reach), start)) ?? false;
}

/** The word that a number belongs to, as `offset` in `"offset": 1`, `offset=1`, `offset 1`. */
const nameBefore = /([\p{L}_$][\p{L}\p{N}_$]*)\\?["'`)]?\s{0,2}(?:[:：=>#]|is|of|at)?\s{0,2}\\?["'`([]?$/u;

/** `offset was incremented to 15912345678`. */
const measured = /\b(?:offsets?|watermark|position|bytes|size|zxid|lsn|sequence|epoch|timestamp)\b/i;

/** Last parts of names that stand for a measure, a place in a file or a log, or an identifier of a machine's. */
const measure =
  /^(?:offsets?|size|bytes?|len|length|count|counter|total|used|free|avail|available|max|min|limit|pos|position|time|timestamp|ts|nanos?|micros?|millis|ns|us|ms|duration|elapsed|cost|took|latency|delay|uptime|seqno|seq|sequence|index|idx|lsn|scn|epoch|version|ver|rev|revision|mem|memory|rss|heap|capacity|quota|lag|addr|address|port|hash|checksum|crc|block|blk|span|trace|reads?|written|wrote|writes?|sent|received|recv|transferred|seed|inode|ino|sector|delta|skew|drift|rate|sum|avg|average|value|val|ids?|no|nr|num|of|at)$|(?:size|offset|bytes|length|stamp|id|大小|偏移量?|长度|字节|耗时|时间戳?|内存|容量|总数|数量|序号|编号|版本|块)$/i;
const partsOfName = /_|(?<=[a-z0-9])(?=[A-Z])/;

/** Numbers that people have: these identify a person, though they end in `id`. */
const ofPerson = /(?:user|customer|member|account|acct|login|uid)_?(?:id|no|num)?$/i;

const unitAfter =
  /^["']?\s?(?:bytes?|[KMGT]i?B|B|ns|us|µs|ms|s|secs?|seconds?|rows?|records?|messages?|lines?|events?|blocks?|pages?|times|字节|毫秒|微秒|纳秒|秒|次|条|个|行)(?![A-Za-z0-9])/;

/** True where the text around bare digits says that they count, measure or name something of a machine's. */
export function isMeasure(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - reach), start);
  const after = text.slice(end, end + 12);
  if (unitAfter.test(after)) return true;
  // A row of a table.
  if (/(?:^|[\s|])-?\d+(?:\.\d+)?[ \t|]+$/.test(before) && /^[ \t|]+-?\d/.test(after)) return true;
  if (measured.test(before)) return true;
  const name = nameBefore.exec(before)?.[1];
  return name !== undefined && !ofPerson.test(name) && measure.test(name.split(partsOfName).at(-1) ?? '');
}
