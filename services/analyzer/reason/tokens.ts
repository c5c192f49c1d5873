/** Pieces that a vocabulary may have as one token or several. Long runs are divided, so that a text can be cut anywhere. */
const piece = /[A-Z]?[a-z]{1,16}|[A-Z]{1,16}|[\s\S]/gu;

/** Tokens a letter, of what reads like a word and of what does not: identifiers, base64. Measured, see the test. */
const perWordLetter = 0.5;
const perDenseLetter = 0.9;
/** Tokens a Chinese character: vocabularies that have few of them spell it in its three bytes. */
const perHan = 3;

/** Kept on top of what a server has counted, for what another text of the same kind may have more. */
const margin = 1.1;
/** Tokens that a chat template adds around the messages. */
const templateTokens = 40;
/** No vocabulary needs less for words and for Chinese, as parts of the table. */
const leastWord = 0.6;
const leastHan = 0.4;
/** Calls that are remembered: no estimate falls below what they counted. */
const maxSeen = 64;

/** What a text weighs by the table: what cannot be less, what words weigh, and what Chinese does. */
interface Weight {
  readonly fixed: number;
  readonly word: number;
  readonly han: number;
}

/** How far the table is off for this model. */
interface Correction {
  readonly all: number;
  readonly word: number;
  readonly han: number;
}

/**
 * How many tokens a model counts for a text, never too few. It begins with a table above what
 * byte-level vocabularies of today count (measured against cl100k, which those of Qwen and Llama 3 extend): letters by the run, digits and marks one by one, Chinese and anything rarer in UTF-8 bytes. From what the server counts it learns: up at
 * once; down slowly, for words and for Chinese each by itself, and never below any count that is remembered. One for each model.
 */
export class TokenEstimate {
  #correction: Correction = { all: 1, word: 1, han: 1 };
  #seen: { readonly weight: Weight; readonly counted: number }[] = [];

  /** Tokens of a text by itself. */
  estimate(text: string): number {
    return Math.ceil(corrected(weigh(text), this.#correction));
  }

  /** The beginning of a text that is at most so many tokens, cut between pieces. */
  cut(text: string, budget: number): string {
    let tokens = 0;
    for (const found of text.matchAll(piece)) {
      tokens += corrected(weightOf(found[0], text, found.index), this.#correction);
      if (tokens > budget) return text.slice(0, found.index);
    }
    return text;
  }

  /**
   * What the server counted for a request of these texts.
   *
   * @param counted Ollama's `prompt_eval_count`; 0 where the server does not tell
   */
  observe(texts: readonly string[], counted: number): void {
    if (counted <= 0) return;
    const weight = sum(texts.map(weigh));
    this.#seen = [...this.#seen, { weight, counted }].slice(-maxSeen);
    const { all, word, han } = this.#correction;
    const estimated = corrected(weight, this.#correction) + templateTokens;
    if (estimated < margin * counted) {
      this.#correction = { all: (all * margin * counted) / estimated, word, han };
      return;
    }
    const total = weight.fixed + weight.word + weight.han;
    const steps: Correction[] = [
      { all: Math.max(1, all * 0.97), word, han },
      { all, word: Math.max(leastWord, word * (1 - (0.2 * weight.word) / total)), han },
      { all, word, han: Math.max(leastHan, han * (1 - (0.2 * weight.han) / total)) },
    ];
    for (const step of steps) {
      const now = this.#correction;
      const next = {
        all: Math.min(now.all, step.all),
        word: Math.min(now.word, step.word),
        han: Math.min(now.han, step.han),
      };
      if (this.#covers(next)) this.#correction = next;
    }
  }

  /** The server refused a request of these texts: they are more than there was room for. */
  tooLong(texts: readonly string[], room: number): void {
    const estimated = corrected(sum(texts.map(weigh)), this.#correction);
    this.observe(texts, Math.max(room, estimated));
  }

  #covers(correction: Correction): boolean {
    return this.#seen.every(
      ({ weight, counted }) => corrected(weight, correction) + templateTokens >= margin * counted,
    );
  }
}

function corrected({ fixed, word, han }: Weight, correction: Correction): number {
  return correction.all * (fixed + word * correction.word + han * correction.han);
}

function weigh(text: string): Weight {
  let fixed = 0;
  let word = 0;
  let han = 0;
  for (const found of text.matchAll(piece)) {
    const weight = weightOf(found[0], text, found.index);
    fixed += weight.fixed;
    word += weight.word;
    han += weight.han;
  }
  return { fixed, word, han };
}

function sum(weights: readonly Weight[]): Weight {
  return weights.reduce(
    (total, { fixed, word, han }) => ({
      fixed: total.fixed + fixed,
      word: total.word + word,
      han: total.han + han,
    }),
    { fixed: 0, word: 0, han: 0 },
  );
}

function weightOf(found: string, text: string, at: number): Weight {
  const code = found.codePointAt(0) ?? 0;
  if (isLetter(code)) {
    const isWord = isWordLike(found) && !isPartOfIdentifier(text, at, at + found.length);
    const tokens = Math.max(1, found.length * (isWord ? perWordLetter : perDenseLetter));
    return isWord ? { fixed: 0, word: tokens, han: 0 } : { fixed: tokens, word: 0, han: 0 };
  }
  // A space goes with the word or the mark that follows it, and with other spaces; not with a digit.
  if (code === 32) {
    const next = text.charCodeAt(at + 1);
    return { fixed: isLetter(next) || next === 32 ? 0.5 : 1, word: 0, han: 0 };
  }
  if (code >= 0x4e00 && code <= 0x9fff) return { fixed: 0, word: 0, han: perHan };
  const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  return { fixed: bytes, word: 0, han: 0 };
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** Words have vowels, and not too many of them or of the others in a row. */
function isWordLike(letters: string): boolean {
  return /[aeiouy]/i.test(letters) && !/[aeiouy]{4}|[^aeiouy]{5}/i.test(letters);
}

function isPartOfIdentifier(text: string, start: number, end: number): boolean {
  const [before, after] = [text.charCodeAt(start - 1), text.charCodeAt(end)];
  return isDigit(before) || isDigit(after);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
