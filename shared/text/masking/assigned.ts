import type { Sensitive } from './kinds.ts';

/**
 * The name of a secret, what its name may end with, and what stands between it and the value: `"password": "`, `\"token\":\"`,
 * `DB_PASSWORD=`, `apiKey => '`, `密码是`. Names are found within longer ones (`spring.datasource.password`).
 */
const assignment =
  /(password|passwd|passphrase|passcode|pwd|secret|密码|口令|密钥|私钥|令牌|验证码|校验码|(?<![a-z])pass(?=["']?\s{0,2}=)|token|credential|(?:api|access|account|auth|app|client|private|public|sign(?:ing)?|encrypt(?:ion)?|master|shared)[_-]?key|session[_-]?id|sessid)([\w.-]{0,24})(\\{0,3}["'`)\]]?\s{0,3}(?:=>|:=|[:=：＝]|[是为][:：]?)\s{0,3})([[(]?\\{0,3}["'`]?)/giu;

/** What follows a name that makes it the name of something else: `passwordPolicy`, `token_type`, `secretary`. */
const otherThing =
  /^s?[_.-]?(?:key[_.-]?ref|policy|length|len|size|expir|chang|updat|creat|age\b|min|max|count|num|field|input|form\b|reset|attempt|strength|path|file|dir|url|uri|name|ref|type|kind|provider|manager|store|service|encoder|format|timeout|ttl|version|enabled|required|rotat|valid|ize|ary|aria|range|owner|status|error|fail|bucket|ring)/i;

/** Words that stand where a value is not shown, or say something of it. */
const noSecret =
  /^(?:true|false|null|none|nil|undefined|yes|no|on|off|ok|set|unset|not|is|required|invalid|incorrect|expired?|missing|empty|wrong|failed|failure|error|success|unknown|denied|bearer|basic|default|\*+|x{3,}|\.{3,}|…|-+|[\p{Script=Han}，。！]+|\$?\{.*|<.*|%[a-z]|\[?\(?(?:masked|redacted|filtered|hidden|protected|omitted|secret)\)?\]?)$/iu;

const isPassword = /^(?:pass|pwd|secret|密码|口令)/i;
const longest = { password: 500, token: 4000 } as const;

/**
 * Values that a name calls a secret: to the closing quote where they are quoted, else to white space or a separator. What a token
 * is called must look like one: eight characters or more, and not a word or a bare number, which count tokens and name sessions.
 */
export function findAssigned(text: string): Sensitive[] {
  const found: Sensitive[] = [];
  assignment.lastIndex = 0;
  for (let match = assignment.exec(text); match !== null; match = assignment.exec(text)) {
    const [whole, name = '', suffix = '', , opening = ''] = match;
    if (otherThing.test(suffix)) continue;
    const kind = isPassword.test(name) ? 'password' : 'token';
    const start = match.index + whole.length;
    const end = endOfValue(text, start, opening, longest[kind]);
    const value = text.slice(start, end);
    if (kind === 'password' ? !isPasswordValue(name, value) : !isTokenValue(name, value)) continue;
    found.push({ kind: 'secret', start, end, value });
    // What stands within is part of it; so the time is linear too.
    assignment.lastIndex = end;
  }
  return found;
}

const quoted: Readonly<Record<string, RegExp>> = {
  '"': /(?:[^"\\\r\n]|\\.)*/y,
  "'": /(?:[^'\\\r\n]|\\.)*/y,
  '`': /[^`\r\n]*/y,
};
/** Within a JSON text that is itself quoted, a quote ends with the backslash before it. */
const quotedTwice = /[^"'\\\r\n]*/y;
const bare = /[^\s"'`,;&，。；、！]*/y;
const trailing = /[)\]}>.:!?]+$/;

function endOfValue(text: string, start: number, opening: string, longestValue: number): number {
  const quote = /["'`]$/.exec(opening)?.[0] ?? '';
  const pattern = opening.includes('\\') ? quotedTwice : (quoted[quote] ?? bare);
  const window = text.slice(start, start + longestValue);
  pattern.lastIndex = 0;
  const value = pattern.exec(window)?.[0] ?? '';
  return start + (pattern === bare ? value.replace(trailing, '') : value).length;
}

function isPasswordValue(name: string, value: string): boolean {
  if (value === '' || noSecret.test(value)) return false;
  // The working directory of a shell.
  return !(/^pwd$/i.test(name) && /^(?:[/~]|[A-Z]:\\)/i.test(value));
}

function isTokenValue(name: string, value: string): boolean {
  if (/^(?:验证码|校验码)$/.test(name)) return /^[A-Za-z0-9]{4,8}$/.test(value);
  if (value.length < 8 || noSecret.test(value) || /\s/.test(value) || /^[-+]?\d+$/.test(value)) return false;
  if (!/\d/.test(value) && value.length < 20) return /key$/i.test(name);
  // Sessions of ZooKeeper, and ids that an application gives its own.
  return !(
    /^sess/i.test(name) && /^(?:0x[0-9a-f]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(value)
  );
}
