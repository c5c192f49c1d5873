import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The runbooks that come with logpatrol. */
export const shippedRunbooks = fileURLToPath(new URL('../../../runbooks/', import.meta.url));

/** Bytes read of one; what a prompt can hold is far less. */
const maxBytes = 64 * 1024;

/** The text of the runbook that a rule names, without its front matter; undefined where there is none. */
export async function readRunbook(folder: string, name: string): Promise<string | undefined> {
  // The name comes from a rule pack: a file's name, never a path.
  if (!/^[a-z0-9][a-z0-9_-]{0,80}$/i.test(name)) return undefined;
  try {
    await using file = await open(join(folder, `${name}.md`));
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return buffer.toString('utf8', 0, bytesRead).replace(/^---\n[\s\S]*?\n---\n/, '');
  } catch {
    // A rule may name a runbook that nobody has written: the model then does without.
    return undefined;
  }
}
