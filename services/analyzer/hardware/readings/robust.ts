/** Makes the median absolute deviation an estimate of the standard deviation of normal noise. */
const madToDeviation = 1.4826;

/** The middle value; NaN of none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Spread about the median, in the measure of a standard deviation; a third of the values may be anything. NaN of none. */
export function deviation(values: readonly number[], centre = median(values)): number {
  return madToDeviation * median(values.map((value) => Math.abs(value - centre)));
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line through points, and between which slopes the true one lies. */
export interface Line {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  /** Of the line at x = 0. */
  readonly intercept: number;
  /** Spread of the points about it. */
  readonly noise: number;
}

/**
 * The median of the slopes between all pairs (Theil 1950, Sen 1968), its interval by the rank-based variance of Kendall's S
 * (Sen 1968; Gilbert 1987, section 16.4). Neighbours in time are alike, which would make the interval too narrow: the variance is
 * multiplied by n/n* = (1 + r) / (1 − r), r being the lag-1 autocorrelation of what the line leaves (Bayley and Hammersley 1946;
 * Yue and Wang 2004 for the test of Mann and Kendall). Undefined below five points.
 *
 * @param points in order of x @param z quantile of the normal distribution, such as 2.576 for 99%
 */
export function robustLine(points: readonly Point[], z: number): Line | undefined {
  const n = points.length;
  if (n < 5) return undefined;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (const [index, from] of points.entries())
    for (let other = index + 1; other < n; other++) {
      const to = points[other];
      if (to !== undefined && to.x !== from.x) slopes[count++] = (to.y - from.y) / (to.x - from.x);
    }
  const sorted = slopes.subarray(0, count).sort();
  const slope = quantile(sorted, (count - 1) / 2);
  const intercept = median(points.map(({ x, y }) => y - slope * x));
  const left = points.map(({ x, y }) => y - intercept - slope * x);
  const alike = Math.min(0.95, Math.max(0, autocorrelation(left)));
  const variance = ((n * (n - 1) * (2 * n + 5)) / 18) * ((1 + alike) / (1 - alike));
  const half = (z * Math.sqrt(variance)) / 2;
  return {
    slope,
    low: quantile(sorted, (count - 1) / 2 - half),
    high: quantile(sorted, (count - 1) / 2 + half),
    intercept,
    noise: deviation(left),
  };
}

/** Between neighbours by rank; beyond the ends nothing is known. */
function quantile(sorted: Float64Array, rank: number): number {
  if (rank < 0) return Number.NEGATIVE_INFINITY;
  if (rank > sorted.length - 1) return Number.POSITIVE_INFINITY;
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? low;
  return low + (high - low) * (rank - Math.floor(rank));
}

function autocorrelation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [together, alone] = [0, 0];
  for (const [index, value] of values.entries()) {
    alone += (value - mean) ** 2;
    const next = values[index + 1];
    if (next !== undefined) together += (value - mean) * (next - mean);
  }
  return alone === 0 ? 0 : together / alone;
}
