import type { Sensitive } from './kinds.ts';

/** RFC 5321, section 4.5.3.1. */
const longestLocal = 64;
const longestDomain = 255;

const local = /[\w.%+-]/;
const domain = /[A-Za-z0-9.-]/;
const wholeDomain = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,10}[A-Za-z]{2,24}$/;

/** What stands after an `@` like a domain and is none: units of systemd, files, services of Kubernetes, versions. */
const notAddress =
  /\.(?:service|socket|mount|timer|slice|target|scope|swap|device|png|jpe?g|gif|svg|webp|css|json|jar|class|html|xml|ya?ml|conf|log|exe|dll)$|\.svc\.cluster\.local$|^\d+\.\d+\./i;

/**
 * E-mail addresses. Not what has their form only: `git@host` of a clone, the user of an address (`ssh://user@host`), the host of a
 * Kerberos principal (`hdfs/host@REALM`), an instance of a systemd unit, a package with its version.
 */
export function findEmails(text: string): Sensitive[] {
  const found: Sensitive[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start <= longestLocal && local.test(text.charAt(start - 1))) start--;
    while (start < at && /[.%+-]/.test(text.charAt(start))) start++;
    const length = at - start;
    if (length === 0 || length > longestLocal || text.charAt(start - 1) === '/') continue;
    let end = at + 1;
    while (end < text.length && end - at <= longestDomain && domain.test(text.charAt(end))) end++;
    while (end > at + 1 && /[.-]/.test(text.charAt(end - 1))) end--;
    const host = text.slice(at + 1, end);
    if (!wholeDomain.test(host) || notAddress.test(host) || text.slice(start, at) === 'git') continue;
    found.push({ kind: 'email', start, end, value: text.slice(start, end).toLowerCase() });
  }
  return found;
}
