/** `npm run gate:wasm`: writes `gram-search.wasm`, or whatever else is asked for, from its AssemblyScript. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** The source of the gate's inner loop, and what is committed beside it. */
export const gramSearchSource = fileURLToPath(new URL('gram-search.as.ts', import.meta.url));
export const gramSearchWasm = fileURLToPath(new URL('gram-search.wasm', import.meta.url));

/** WebAssembly's memory may grow to this: 64 MB, where a gate for 1000 literals takes half of one. In pages of 64 KiB. */
const maximumMemory = 1024;

/**
 * Compiles one AssemblyScript file. The same source gives the same bytes.
 *
 * @throws Error with the compiler's messages
 */
export async function compileWasm(path: string): Promise<Uint8Array> {
  const source = await readFile(path, 'utf8');
  const entry = basename(path);
  const compiled: Uint8Array[] = [];
  const { error, stderr } = await asc.main(
    [
      entry,
      ...['--outFile', 'out.wasm', '--runtime', 'stub', '--noAssert', '--optimizeLevel', '3', '--converge'],
      ...['--enable', 'simd', '--maximumMemory', String(maximumMemory)],
    ],
    {
      readFile: (name) => (name === entry ? source : null),
      writeFile: (_, contents) => {
        if (typeof contents !== 'string') compiled.push(contents);
      },
      listFiles: () => [],
    },
  );
  const [wasm] = compiled;
  if (error !== null || wasm === undefined)
    throw new Error(`${path} does not compile:\n${stderr.toString()}`, { cause: error });
  return wasm;
}

if (import.meta.main) await writeFile(gramSearchWasm, await compileWasm(gramSearchSource));
