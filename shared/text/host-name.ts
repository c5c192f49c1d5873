import { isIP } from 'node:net';

/** As names of hosts are compared: whatever their case, and without the root's dot. */
export function normalHost(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

/** `db-1` of `db-1.example.com`; an address, and a name without a domain, as it is. */
export function shortHost(name: string): string {
  const normal = normalHost(name);
  return isIP(normal) === 0 ? (normal.split('.', 1)[0] ?? normal) : normal;
}

/** Whether both name the same host: equal, or one of them is the other's name without its domain. */
export function isSameHost(one: string, other: string): boolean {
  const [a, b] = [normalHost(one), normalHost(other)];
  if (a === '' || b === '') return false;
  return a === b || a === shortHost(b) || b === shortHost(a);
}
