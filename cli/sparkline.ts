const bars = [...'▁▂▃▄▅▆▇█'];

/** Counts as a row of bars, at most `width` of them; a dot where there is nothing at all. */
export function sparkline(counts: readonly number[], width: number): string {
  const each = Math.ceil(counts.length / width);
  const sums = Array.from({ length: Math.ceil(counts.length / each) }, (_, index) =>
    counts.slice(index * each, (index + 1) * each).reduce((sum, count) => sum + count, 0),
  );
  const most = Math.max(...sums);
  return sums.map((sum) => (sum === 0 ? '·' : bars[Math.ceil((sum / most) * bars.length) - 1])).join('');
}
