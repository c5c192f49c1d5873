import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigSchema } from '#shared/config/index.ts';
import { LogpatrolError, messageOf } from '#shared/errors/index.ts';
import { digestView } from '../digest-view.ts';
import { scales } from '../fitting.ts';
import { shownMessage } from '../masked.ts';
import type { ViewOptions } from '../options.ts';
import { cardTrouble } from '../schema/index.ts';
import { type TemplateName, templateNames } from '../template-engine.ts';
import { cardView, viewOf } from '../view.ts';
import type { CardView, DigestView } from '../view-model.ts';
import type { Language } from '../words/index.ts';
import { lineLike, lineOf, lineOfName } from './place.ts';
import { rawMarkdown } from './raw.ts';
import { sampleDigest, sampleKinds, sampleMessages } from './samples.ts';
import { strict, strictEnvironment } from './strict.ts';

/** What is wrong with a template: `file`, `line` where it is known, and why, with the sample that showed it. */
export interface TemplateMistake {
  readonly file: string;
  readonly line: number | undefined;
  readonly why: string;
}

/** The smaller of the two limits: a template does not know which channel it will be used for. */
const maxBytes = 19_800;

/**
 * What is wrong with a folder of templates: each is filled with samples in both languages (ordinary, hostile, biggest, smallest texts;
 * every reason; every kind of buttons), strictly, and what it makes is checked as the platform would. At most one mistake a template.
 */
export function lintTemplates(folder: string): TemplateMistake[] {
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch (thrown) {
    return [{ file: folder, line: undefined, why: `cannot be read: ${messageOf(thrown)}` }];
  }
  if (!files.some((file) => file === 'parts.njk' || templateNames.some((name) => name === file)))
    return [{ file: folder, line: undefined, why: `has none of ${templateNames.join(', ')}, parts.njk` }];
  // Without parts of its own, a template that is not there is the shipped one.
  const own = templateNames.filter((name) => files.includes(name) || files.includes('parts.njk'));
  return own.flatMap((name) => lintOne(folder, files, name) ?? []);
}

/** @throws LogpatrolError `invalid-config` where a template of the user's is wrong */
export function checkTemplates(folder: string | undefined): void {
  const mistakes = folder === undefined ? [] : lintTemplates(folder);
  if (mistakes.length > 0)
    throw new LogpatrolError(
      'invalid-config',
      ['cards.templates:', ...mistakes.map(mistakeText)].join(mistakes.length > 1 ? '\n  ' : ' '),
    );
}

/** `file:line: why`. */
export function mistakeText({ file, line, why }: TemplateMistake): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${why}`;
}

function lintOne(folder: string, files: readonly string[], name: TemplateName): TemplateMistake | undefined {
  const own = files.includes(name) ? name : 'parts.njk';
  let source = '';
  try {
    if (files.includes(own)) source = readFileSync(join(folder, own), 'utf8');
  } catch (thrown) {
    return { file: join(folder, own), line: undefined, why: `cannot be read: ${messageOf(thrown)}` };
  }
  for (const language of ['zh-CN', 'en'] as const) {
    const env = strictEnvironment(folder, language);
    for (const [sample, views] of samplesOf(name, language)) {
      const at = (line: number | undefined, why: string): TemplateMistake => ({
        file: join(folder, own),
        line,
        why: `${why} (sample: ${sample}, ${language})`,
      });
      let size = Number.POSITIVE_INFINITY;
      for (const view of views()) {
        let made: string;
        try {
          made = env.render(name, { view: strict(view, 'view') });
        } catch (thrown) {
          const where = `(sample: ${sample}, ${language})`;
          return engineMistake(messageOf(thrown), join(folder, own), source, where);
        }
        let card: unknown;
        try {
          card = JSON.parse(made);
        } catch (thrown) {
          const [, row] = /line (\d+)/.exec(messageOf(thrown)) ?? [];
          const output = made.split('\n')[Number(row ?? 1) - 1] ?? '';
          return at(
            lineLike(source, output),
            `makes no JSON: ${messageOf(thrown)}, near: ${output.trim().slice(0, 120)}`,
          );
        }
        const trouble = cardTrouble(card);
        if (trouble !== undefined)
          return at(lineOf(source, trouble.unknown ?? trouble.path), `${trouble.path}: ${trouble.why}`);
        const raw = rawMarkdown(card);
        if (raw !== undefined)
          return at(
            undefined,
            `a text stands in Markdown as it is, and could call people: use \`md\` or \`code\`; near: ${raw.trim().replaceAll(/\s+/g, ' ').slice(0, 80)}`,
          );
        size = Buffer.byteLength(JSON.stringify(card));
        if (size <= maxBytes) break;
      }
      if (size > maxBytes)
        return at(
          undefined,
          `makes a card of ${size} bytes even where every part is shortened; ${maxBytes} fit`,
        );
    }
  }
  return undefined;
}

/** What the engine puts before its reason, once for each template that calls another. */
const prefixes = /\((?:unknown path|[^()\n]*\.njk)\)|\[Line[^\]]*\]|Template render error:|Error:/g;

/**
 * A mistake out of the words of the engine: `(/folder/card.njk) [Line 3, Column 5] why`. The line of an unknown name is looked for in
 * the template, for the engine tells that of the last text before it.
 */
function engineMistake(message: string, file: string, source: string, sample: string): TemplateMistake {
  const why = message.replaceAll(prefixes, '').replaceAll(/\s+/g, ' ').trim();
  const [, path] = /\(([^()\n]+\.njk)\)/.exec(message) ?? [];
  const [, told] = /\[Line (\d+)/.exec(message) ?? [];
  const [, name] = /^(?:unknown variable|filter not found:) (\S+)/.exec(why) ?? [];
  const found = name === undefined ? undefined : lineOfName(source, name);
  return {
    file: path ?? file,
    line: found ?? (told === undefined ? undefined : Number(told)),
    why: `${why} ${sample}`,
  };
}

function* samplesOf(
  name: TemplateName,
  language: Language,
): Generator<[string, () => Generator<CardView | DigestView>]> {
  const config = ConfigSchema.parse({
    http: { publicUrl: 'https://logpatrol.example.com', linkKey: 'the key of a sample' },
    kibana: { url: 'https://kibana.example.com' },
    people: { somebody: { name: 'somebody', feishu: 'ou_7d8a6e6df7621556ce0d21922b676706' } },
  });
  const base = { config, language, timeZone: 'UTC', mask: (text: string) => text, now: 0 };
  for (const kind of sampleKinds) {
    if (name === 'digest.njk')
      yield [
        kind,
        function* () {
          for (const { main } of scales) yield digestView(sampleDigest(kind), base, main);
        },
      ];
    else
      for (const message of sampleMessages(kind))
        for (const buttons of ['callback', 'links', 'none'] as const) {
          const options: ViewOptions = { ...base, buttons, canUpdate: buttons === 'callback' };
          yield [
            `${kind} ${message.reason}, buttons: ${buttons}`,
            function* () {
              yield cardView(message, options);
              const shown = shownMessage(message, options.mask);
              for (const scale of scales.slice(1)) yield viewOf(shown, options, scale);
            },
          ];
        }
  }
}
