/** What stands where a secret was. */
export const maskedSecret = '[masked]';

/**
 * Each with the part to keep in group 1, where there is one. Every repetition is bounded or cannot overlap with what follows
 * it, so that the time is linear in hostile text.
 */
const secrets: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
  // User and password in an address.
  /([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{0,100}:)[^\s@/]{1,200}(?=@)/gi,
  /(\bauthorization["']?\s{0,3}[:=]\s{0,3}["']?(?:(?:bearer|basic|token|digest)\s{1,3})?)[^\s"',;]{4,2000}/gi,
  /(\bbearer\s{1,3})[\w.~+/=-]{8,4000}/gi,
  /((?:password|passwd|passphrase|pwd|secret)[\w.-]{0,20}["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"',;&)]{1,500}/gi,
  /((?:密码|口令)\s{0,3}[:：=]\s{0,3})[^\s"',;，。；]{1,500}/g,
  /((?:token|api[_-]?key|access[_-]?key|credential|session[_-]?id)s?["']?\s{0,3}[:=]\s{0,3}["']?)[\w.~+/=-]{8,4000}/gi,
  /((?:set-)?cookie["']?\s{0,3}:\s{0,3})[^\r\n]{1,4000}/gi,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\beyJ[\w-]{8,4000}\.[\w-]{8,4000}\.[\w-]{0,1000}/g,
  /\b(?:gh[pousr]_|github_pat_|sk-|xox[abprs]-|glpat-)[\w-]{16,300}/g,
  /(\/open-apis\/bot\/v2\/hook\/)[\w-]+/g,
];

/** The text with passwords, tokens and keys taken out, for what leaves the process. Errs towards hiding too much. */
export function maskSecrets(text: string): string {
  return secrets.reduce(
    (masked, secret) =>
      masked.replace(secret, (_, kept: unknown) => `${typeof kept === 'string' ? kept : ''}${maskedSecret}`),
    text,
  );
}
