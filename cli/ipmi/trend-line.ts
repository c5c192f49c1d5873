const bars = [...'▁▂▃▄▅▆▇█'];

/**
 * Means of equal parts of time as a row of bars from the lowest to the highest; a blank where there is none. One that hardly moves
 * (less than `noise` of its size) is flat, for a sensor's last digit is no trend.
 */
export function trendLine(means: readonly (number | undefined)[], noise = 0.02): string {
  const known = means.filter((mean) => mean !== undefined);
  if (known.length === 0) return ' '.repeat(means.length);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const span = Math.max(high - low, noise * Math.max(Math.abs(low), Math.abs(high)));
  return means
    .map((mean) => {
      if (mean === undefined) return ' ';
      const share = span === 0 ? 0 : (mean - low) / span;
      return bars[Math.min(bars.length - 1, Math.floor(share * bars.length))] ?? ' ';
    })
    .join('');
}
