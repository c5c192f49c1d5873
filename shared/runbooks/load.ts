import type { Mistake } from '#shared/config/mistake.ts';
import { messageOf } from '#shared/errors/index.ts';
import { contentOf, filesAt, type RunbookSelection, shippedRunbooks } from './files.ts';
import type { Runbook } from './port.ts';
import { readRunbook } from './read-runbook.ts';

/** The runbooks that are sound, by name, and everything wrong with the others. */
export interface RunbookReview {
  readonly runbooks: readonly Runbook[];
  readonly mistakes: readonly Mistake[];
  /** Files and folders that could not be read, or are wrong. */
  readonly broken: readonly string[];
}

/** Bytes of all runbooks that are held; beyond it they are left out, and that is said. */
const maxTotalBytes = 32 * 1024 * 1024;

/**
 * Reads runbooks. One of `paths` replaces the shipped one of its name. What is wrong is a value; nothing of it keeps the
 * others from being loaded.
 */
export async function reviewRunbooks(selection: RunbookSelection): Promise<RunbookReview> {
  const mistakes: Mistake[] = [];
  const broken: string[] = [];
  const own = new Map<string, Runbook>();
  const shipped = new Map<string, Runbook>();
  let bytes = 0;
  const take = async (path: string, into: Map<string, Runbook>): Promise<void> => {
    const files = await filesAt(path).catch((error: unknown) => {
      mistakes.push({ where: path, message: messageOf(error) });
      broken.push(path);
      return [];
    });
    for (const file of files) {
      const content = await contentOf(file).catch((error: unknown) => messageOf(error));
      if (typeof content === 'string') {
        mistakes.push({ where: file, message: `cannot be read: ${content}` });
        broken.push(file);
        continue;
      }
      bytes += content.length;
      if (bytes > maxTotalBytes) {
        mistakes.push({
          where: file,
          message: `left out with all after it: the runbooks are larger than ${maxTotalBytes / 1024 / 1024} MiB in all`,
        });
        return;
      }
      const { runbook, mistakes: wrong } = readRunbook(content, file);
      mistakes.push(...(wrong ?? []));
      if (runbook === undefined) {
        broken.push(file);
        continue;
      }
      const other = into.get(runbook.name);
      if (other === undefined) into.set(runbook.name, runbook);
      else
        mistakes.push({
          where: `${file}:1`,
          message: `there is a runbook of this name already: ${other.path}`,
        });
    }
  };
  for (const path of selection.paths) await take(path, own);
  if (selection.shipped) await take(shippedRunbooks, shipped);
  const runbooks = [...new Map([...shipped, ...own]).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { runbooks, mistakes, broken };
}
