/** What the length of a vector may differ from 1 by rounding. */
const tolerance = 0.02;

/** Whether it is a vector that can be compared with others by their product alone. */
export function isUnit(vector: Float32Array): boolean {
  return Math.abs(dot(vector, vector) - 1) <= 2 * tolerance;
}

/** Of unit vectors: the cosine of the angle between them. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
