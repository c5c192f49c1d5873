import { basename } from 'node:path';
import type { Mistake } from '#shared/config/mistake.ts';
import { readFrontMatter } from './front-matter.ts';
import type { Runbook } from './port.ts';
import { splitSections } from './sections.ts';

/** A file of a runbook may be so long; what is longer is no text that a person wrote to be read at night. */
export const maxFileBytes = 256 * 1024;
/** Sections of one runbook, the parts of long ones counted. */
const maxSections = 300;

/** A runbook, or everything that is wrong with it. */
export type RunbookReading =
  | { readonly runbook: Runbook; readonly mistakes?: undefined }
  | { readonly mistakes: readonly Mistake[]; readonly runbook?: undefined };

/** What a rule can name, and a reference to a runbook holds: a file's name without `.md`. */
const namePattern = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,127}$/u;

/** Reads a runbook from the content of its file. Nothing is thrown. */
export function readRunbook(content: Buffer, path: string): RunbookReading {
  const wrong = (message: string): RunbookReading => ({ mistakes: [{ where: `${path}:1`, message }] });
  const name = basename(path).replace(/\.md$/i, '');
  if (!namePattern.test(name))
    return wrong(
      'the name of the file has to be letters, digits, ., - and _, and begin with a letter or digit',
    );
  if (content.length > maxFileBytes)
    return wrong(`larger than ${maxFileBytes / 1024} KiB; divide it into several runbooks`);
  const text = decoded(content);
  if (text === undefined) return wrong('no text in UTF-8');
  const reading = readFrontMatter(text, path);
  if ('mistakes' in reading) return { mistakes: reading.mistakes };
  const sections = splitSections(reading.body, reading.bodyLine);
  if (sections.length === 0) return wrong('there is nothing below the front matter');
  if (sections.length > maxSections)
    return wrong(`more than ${maxSections} sections; divide it into several runbooks`);
  const { title, services, rules, tags, severity, owner, updated } = reading.data;
  return { runbook: { name, path, title, services, rules, tags, severity, owner, updated, sections } };
}

/** The text of a file with line feeds alone and no byte order mark; undefined where it is none. */
export function decoded(content: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    return text.includes('\0') ? undefined : text.replaceAll(/\r\n?/g, '\n');
  } catch {
    // Not UTF-8: said by the caller.
    return undefined;
  }
}
