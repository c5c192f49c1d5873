import stringWidth from 'string-width';

/** What denies the words that follow it, for a while. */
const denials =
  /(?<!是)不是|并非|而非|不属于|不涉及|不存在|没有(?:任何)?(?:证据|迹象)|未见|未发现|无需|不需要|不必|不应|不得|不要|请勿|切勿|勿|禁止|避免|排除|无关|\b(?:not|isn't|wasn't|aren't|don't|doesn't|didn't|never|avoid|rather than|instead of|rules? out|ruled out|excluded?|unrelated|no (?:sign|evidence|indication)s? of)\b/g;
/** What ends a denial before its clause does. */
const contrasts =
  /而是|但是|但|却|(?<!不是|并非)(?:因为|由于)|\b(?:but|it is|yet|however)\b|(?<!not )\b(?:because|due to|since)\b/g;
/** A denial reaches no further, in columns: a Chinese character is two. */
const denialReach = 26;
/** What denies the words before it. */
const refutations =
  /无关|不符|不一致|不匹配|已排除|被排除|可以排除|不成立|(?<!恢复|不|未)正常$|\b(?:ruled out|unrelated|is fine|are fine|is not the cause|not to blame|inconsistent|(?:does|do) not (?:match|fit|explain))\b/g;
const clauseEnds = /[,;.!?]+(?:\s|$)|[。；！？\n]|,(?!\d)/;

/** For comparison: one case, one width, one kind of bracket and space. */
export function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll('‹', '<')
    .replaceAll('›', '>')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/**
 * Whether a text says a term of its own, at least once: what it denies (`不是网络故障`, `rather than the network`, `与磁盘无关`) it does
 * not say. A rough reading, clause by clause, in Chinese and English.
 */
export function asserts(text: string, term: string): boolean {
  const wanted = plain(term);
  return plain(text)
    .split(clauseEnds)
    .some((clause) => saysIn(clause, wanted));
}

function saysIn(clause: string, term: string): boolean {
  for (let at = clause.indexOf(term); at !== -1; at = clause.indexOf(term, at + term.length)) {
    if (!isWord(clause, at, term)) continue;
    const end = at + term.length;
    const isRefuted = [...clause.matchAll(refutations)].some(({ index }) => index >= end);
    if (!isDenied(clause.slice(0, at)) && !isRefuted) return true;
  }
  return false;
}

function isDenied(before: string): boolean {
  const denial = lastEnd(before, denials);
  return denial > lastEnd(before, contrasts) && stringWidth(before.slice(denial)) <= denialReach;
}

/** A Latin word is not found within another: `ram` is not in `program`. Its endings are: `restart` is in `restarted`. */
function isWord(clause: string, at: number, term: string): boolean {
  return !/^[a-z]/.test(term) || !/[a-z]/.test(clause[at - 1] ?? '');
}

function lastEnd(text: string, pattern: RegExp): number {
  const last = [...text.matchAll(pattern)].at(-1);
  return last === undefined ? -1 : last.index + last[0].length;
}
