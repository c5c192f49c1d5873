import { findAssigned } from './assigned.ts';
import type { Sensitive } from './kinds.ts';

interface SecretPattern {
  /** Group 1 is what stays; the secret is the rest of what is found. Linear: every repetition is bounded. */
  readonly regex: RegExp;
  /** One of these, in lower case, is in whatever the pattern finds: looking for them is far quicker. */
  readonly needles: readonly string[];
  readonly accepts?: (secret: string) => boolean;
}

const hasDigit = (text: string): boolean => /\d/.test(text);
const isMixed = (text: string): boolean => hasDigit(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);
/** No word of prose, as in `bearer authentication` and `authorization: denied`. */
const isToken = (text: string): boolean => hasDigit(text) || text.length >= 20;

/** `user:password` in base64. */
function isBasic(text: string): boolean {
  return /^[\x20-\x7e]{0,100}:[\x20-\x7e]/.test(Buffer.from(text, 'base64').toString('latin1'));
}

const patterns: readonly SecretPattern[] = [
  {
    // Its lines may be written as \n; without an end it goes on to the end of the text.
    needles: ['private key'],
    regex:
      /()-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  // A line of such a key that came alone.
  { needles: [''], regex: /()(?<=^|\n)[A-Za-z0-9+/]{64}(?=\r?\n|$)/g, accepts: isMixed },

  // User and password in an address, and a token in the place of the user.
  {
    needles: ['://'],
    regex: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'<>]{0,100}:)[^\s/?#"'<>]{1,200}(?=@)/gi,
  },
  { needles: ['://'], regex: /(\bhttps?:\/\/)[\w-]{20,200}(?=@)/gi, accepts: hasDigit },
  {
    needles: ['-u ', '-u=', '--user'],
    regex: /((?<=\s)(?:-u|--user)[ =]['"]?[\w.@-]{1,64}:)[^\s'"]{1,200}/g,
  },

  // An element, and an entry of a list as Kubernetes writes its environment: the name stands apart from the value.
  {
    needles: ['</'],
    regex: /(<[\w:.-]{0,40}(?:password|passwd|secret|token|api-?key|access-?key)>)[^<\s]{1,500}(?=<\/)/gi,
  },
  {
    needles: ['value'],
    regex:
      /(\\{0,3}"(?:name|key)\\{0,3}"\s{0,3}:\s{0,3}\\{0,3}"[\w.-]{0,60}(?:password|passwd|secret|token|api[_-]?key|access[_-]?key)[\w.-]{0,30}\\{0,3}"\s{0,3},\s{0,3}\\{0,3}"value\\{0,3}"\s{0,3}:\s{0,3}\\{0,3}")[^"\\\r\n]{1,500}/gi,
  },

  // Headers.
  {
    needles: ['authorization'],
    regex:
      /(authorization\\{0,3}["']?\s{0,3}[:=]\s{0,3}[[(]?\\{0,3}["']?(?:digest|negotiate|ntlm|aws4-hmac-sha256|hawk|oauth)\s{1,3})[^\r\n]{4,4000}/gi,
  },
  {
    needles: ['authorization'],
    regex:
      /(authorization\\{0,3}["']?\s{0,3}[:=]\s{0,3}[[(]?\\{0,3}["']?(?:(?:bearer|basic|token|apikey)\s{1,3})?)[^\s"',;\\\])}]{4,4000}/gi,
    accepts: isToken,
  },
  { needles: ['bearer'], regex: /(\bbearer\s{1,3})[\w.~+/=-]{8,4000}/gi, accepts: isToken },
  { needles: ['basic'], regex: /(\bbasic\s{1,3})[A-Za-z0-9+/]{8,400}={0,2}/gi, accepts: isBasic },
  {
    needles: ['cookie'],
    regex:
      /(\b(?:set-)?cookie\\{0,3}["']?\s{0,3}[:=]\s{0,3}\[?\\{0,3}")[\w!#$%&*+.^`|~-]{1,100}=[^\r\n"\\]{0,4000}/gi,
  },
  {
    needles: ['cookie'],
    regex: /(\b(?:set-)?cookie['"]?\s{0,3}:\s{0,3}\[?'?)[\w!#$%&*+.^`|~-]{1,100}=[^\r\n"']{0,4000}/gi,
  },
  {
    needles: ['jsessionid', 'phpsessid', 'asp.net_sessionid', 'connect.sid'],
    regex:
      /(\b(?:JSESSIONID|PHPSESSID|ASP\.NET_SessionId|connect\.sid)\\{0,3}["']?\s{0,2}[:=]\s{0,2}["']?)[\w.%:~+/-]{8,400}/gi,
  },

  // Parameters of signed addresses.
  {
    needles: ['sig', 'x-amz-', 'x-oss-', 'ossaccesskeyid'],
    regex:
      /([?&](?:sig|sign|signature|x-amz-(?:signature|credential|security-token)|x-oss-(?:signature|credential)|ossaccesskeyid)=)[^\s&"'<>]{8,2000}/gi,
  },

  // Commands and statements.
  {
    needles: ['passw', 'passphrase', 'token', 'secret', '-key'],
    regex:
      /((?:^|\s)--?[a-z-]{0,30}(?:password|passwd|passphrase|token|secret|api-key|access-key)\s{1,3}["']?)(?!-)[^\s"']{4,500}/gi,
    accepts: (secret) => !/^[=:<[{$]/.test(secret),
  },
  { needles: ['sshpass'], regex: /(\bsshpass\s{1,3}-p\s{0,3}['"]?)[^\s"'-][^\s"']{0,200}/g },
  {
    needles: ['requirepass', 'masterauth'],
    regex: /(\b(?:requirepass|masterauth)\s{1,3}["']?)[^\s"'(]{4,500}/gi,
    accepts: isToken,
  },
  // Where a sentence tells it; `using password: YES` tells none.
  {
    needles: ['password'],
    regex: /(\b(?:with|using)\s{1,3}(?:the\s{1,3})?password\s{1,3}["']?)[^\s"',;]{4,200}/gi,
    accepts: hasDigit,
  },
  { needles: ['mysql'], regex: /(\bmysql[a-z]{0,10}\b[^\r\n]{0,200}?\s-p)[^\s"'-][^\s"']{0,200}/g },
  {
    needles: ['identified'],
    regex: /(\bidentified\s{1,3}by\s{1,3}(?:password\s{1,3})?['"])[^'"<\r\n][^'"\r\n]{0,199}/gi,
  },

  // Keys that are known by their beginning.
  { needles: ['akia', 'asia', 'aroa', 'aida'], regex: /()\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/g },
  { needles: ['ltai', 'akid'], regex: /()\b(?:LTAI|AKID)[A-Za-z0-9]{12,40}\b/g, accepts: isMixed },
  { needles: ['aiza'], regex: /()\bAIza[\w-]{35}(?![\w-])/g },
  { needles: ['ya29.', 'hvs.', 'hvb.'], regex: /()\b(?:ya29|hv[sb])\.[\w-]{20,400}/g },
  { needles: ['eyj'], regex: /()\beyJ[\w-]{16,4000}(?:\.[\w-]{0,4000}){0,4}/g },
  {
    needles: ['gh', 'glpat-', 'xox', 'npm_', 'hf_', 'dckr_pat_', 'dop_v1_'],
    regex: /()\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|npm_|hf_|dckr_pat_|dop_v1_)[\w-]{16,300}/g,
    accepts: hasDigit,
  },
  { needles: ['k_live_', 'k_test_'], regex: /()\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,200}/g },
  {
    needles: ['sk-'],
    regex: /()\bsk-(?:[0-9a-f]{32}\b|[\w-]{20,300})/g,
    accepts: (secret) => isMixed(secret) || /^sk-[0-9a-f]{32}$/.test(secret),
  },
  { needles: ['sg.'], regex: /()\bSG\.[\w-]{16,64}\.[\w-]{16,100}/g },

  // Addresses whose knower may post.
  { needles: ['/open-apis/bot/'], regex: /(\/open-apis\/bot\/(?:v2\/)?hook\/)[\w-]+/g },
  { needles: ['qyapi.weixin'], regex: /(\bqyapi\.weixin\.qq\.com\/cgi-bin\/webhook\/send\?key=)[\w-]+/g },
  { needles: ['hooks.slack'], regex: /(\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g },
  { needles: ['/api/webhooks/'], regex: /(\bdiscord(?:app)?\.com\/api\/webhooks\/)[\w/-]+/g },
  { needles: ['office.com/webhook'], regex: /(\boffice\.com\/webhookb?2?\/)[\w@/-]+/g },
  { needles: ['api.telegram'], regex: /(\bapi\.telegram\.org\/bot)\d+:[\w-]+/g },
];

const needled = patterns.filter(({ needles }) => !needles.includes(''));
const unneedled = patterns.filter(({ needles }) => needles.includes(''));
/** What most texts have none of. */
const anyNeedle = new RegExp(
  [...new Set(needled.flatMap(({ needles }) => needles))]
    .map((needle) => needle.replaceAll(/\W/g, '\\$&'))
    .join('|'),
);

/** Passwords, tokens, keys, cookies and the like. They may overlap. */
export function findSecrets(text: string): Sensitive[] {
  const found = findAssigned(text);
  const lower = text.toLowerCase();
  const tried = anyNeedle.test(lower) ? patterns : unneedled;
  for (const { needles, regex, accepts } of tried) {
    if (!needles.some((needle) => lower.includes(needle))) continue;
    for (const match of text.matchAll(regex)) {
      const [whole, kept = ''] = match;
      const value = whole.slice(kept.length);
      if (value === '' || accepts?.(value) === false) continue;
      const start = match.index + kept.length;
      found.push({ kind: 'secret', start, end: start + value.length, value });
    }
  }
  return found;
}
