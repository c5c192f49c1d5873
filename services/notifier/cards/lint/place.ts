/** Shorter pieces stand everywhere. */
const leastFragment = 6;

/** The line of a template that most likely made a line of its output: the one whose own words are longest in it. */
export function lineLike(source: string, output: string): number | undefined {
  let best: number | undefined;
  let longest = leastFragment - 1;
  for (const [index, line] of source.split('\n').entries())
    for (const fragment of line.split(/\{\{.*?\}\}|\{%.*?%\}/).map((part) => part.trim()))
      if (fragment.length > longest && output.includes(fragment)) {
        longest = fragment.length;
        best = index + 1;
      }
  return best;
}

/** The first line of a template that names the attribute at the end of the path. */
export function lineOf(source: string, path: string): number | undefined {
  const name =
    path
      .split('.')
      .at(-1)
      ?.replace(/\[\d+\]$/, '') ?? '';
  const index = source.split('\n').findIndex((line) => line.includes(`"${name}"`));
  return index < 0 ? undefined : index + 1;
}

/** The first line with the name whole, else with its last part. */
export function lineOfName(source: string, name: string): number | undefined {
  const lines = source.split('\n');
  for (const part of [name, `.${name.split('.').at(-1)}`]) {
    const index = lines.findIndex((line) => line.includes(part));
    if (index >= 0) return index + 1;
  }
  return undefined;
}
