import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { Listener } from '../listener.ts';

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: JWK;
}

/** What a token says, where it is not what the issuer's tokens say by themselves. */
export interface TokenOptions {
  readonly claims?: JWTPayload;
  /** Seconds until it ends. */
  readonly seconds?: number;
  /** Signed with this key, which the issuer does not have. */
  readonly forgedWith?: CryptoKey;
  readonly kid?: string;
  /** A claim that is left out. */
  readonly without?: string;
}

/**
 * An OIDC issuer: discovery (OpenID Connect Discovery 1.0), its keys (RFC 7517), and access tokens as JWTs (RFC 9068) that are signed by the
 * newest key. Answers GET at its two addresses and nothing else.
 */
export class OidcIssuer {
  readonly #listener = new Listener((request, response) => this.#answer(request, response));
  readonly #keys: Key[] = [];
  #asked = 0;
  /** What discovery calls it, where that is not its address. */
  callsItself: string | undefined;

  static async open(): Promise<OidcIssuer> {
    const issuer = new OidcIssuer();
    await issuer.rotate();
    await issuer.up();
    return issuer;
  }

  get issuer(): string {
    return `${this.#listener.origin}/realms/ops`;
  }

  /** How often its keys have been asked for. */
  get keysAsked(): number {
    return this.#asked;
  }

  up(): Promise<void> {
    return this.#listener.up();
  }

  down(): Promise<void> {
    return this.#listener.down();
  }

  /** Signs with a new key from now on. @param isOldKept whether the tokens of the old one still hold */
  async rotate({ isOldKept = false }: { isOldKept?: boolean } = {}): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const kid = randomUUID();
    if (!isOldKept) this.#keys.length = 0;
    this.#keys.unshift({ kid, privateKey, publicKey: { ...(await exportJWK(publicKey)), kid, use: 'sig' } });
  }

  /** An access token of the newest key. */
  token({ claims = {}, seconds = 300, forgedWith, kid, without }: TokenOptions = {}): Promise<string> {
    const [key] = this.#keys;
    if (key === undefined) throw new Error('the issuer has no key yet');
    const now = Math.floor(Date.now() / 1000);
    const standard = { iss: this.issuer, aud: 'logpatrol', sub: 'u-4711', iat: now, exp: now + seconds };
    const said = Object.entries({ ...standard, ...claims }).filter(([name]) => name !== without);
    return new SignJWT(Object.fromEntries(said))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: kid ?? key.kid })
      .sign(forgedWith ?? key.privateKey);
  }

  /** What anybody can see of the newest key. */
  get publicKey(): JWK | undefined {
    return this.#keys[0]?.publicKey;
  }

  #answer({ method, url }: IncomingMessage, response: ServerResponse): void {
    const say = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (method !== 'GET') say(405, { error: 'method_not_allowed' });
    else this.#find(url, say);
  }

  #find(url: string | undefined, say: (status: number, body: object) => void): void {
    switch (url) {
      case '/realms/ops/.well-known/openid-configuration':
        say(200, {
          issuer: this.callsItself ?? this.issuer,
          jwks_uri: `${this.issuer}/keys`,
          authorization_endpoint: `${this.issuer}/auth`,
          token_endpoint: `${this.issuer}/token`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
        });
        break;
      case '/realms/ops/keys':
        this.#asked += 1;
        say(200, { keys: this.#keys.map(({ publicKey }) => publicKey) });
        break;
      default:
        say(404, { error: 'not_found' });
    }
  }
}
