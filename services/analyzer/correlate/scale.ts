/** The order of magnitude of a count of lines: it rises at 10, 100, 1,000 … */
export function countScale(count: number): number {
  return String(count).length;
}

/** The scale of a count of hosts: it rises at 2 (no longer one host's own trouble), then at 10, 100, 1,000 … */
export function hostScale(hostCount: number): number {
  return hostCount < 2 ? 0 : String(hostCount).length;
}
