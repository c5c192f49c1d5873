import { randomBytes } from 'node:crypto';

const livesMs = 2 * 60 * 60 * 1000;
/** While more than this is left the same token is given again; with less a new one, and both hold. */
const renewedWithinMs = 30 * 60 * 1000;

interface Token {
  readonly value: string;
  readonly appId: string;
  readonly expiresAt: number;
}

/** The tenant access tokens that were given out. */
export class Tokens {
  /** How often one was asked for. */
  asked = 0;
  #tokens: Token[] = [];

  /** @returns the token, and how many seconds are left of it */
  issue(appId: string, now: number): { readonly value: string; readonly expire: number } {
    this.asked++;
    let token = this.#tokens.findLast((known) => known.appId === appId);
    if (token === undefined || token.expiresAt - now <= renewedWithinMs) {
      token = { value: `t-${randomBytes(16).toString('hex')}`, appId, expiresAt: now + livesMs };
      this.#tokens.push(token);
    }
    return { value: token.value, expire: Math.floor((token.expiresAt - now) / 1000) };
  }

  /** Whose token it is, `undefined` where it is none or is over. */
  appOf(value: string, now: number): string | undefined {
    return this.#tokens.find((token) => token.value === value && token.expiresAt > now)?.appId;
  }

  /** Makes every token invalid, as a changed app secret does. */
  revoke(): void {
    this.#tokens = [];
  }
}
