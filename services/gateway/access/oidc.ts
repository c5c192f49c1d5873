import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Config } from '#shared/config/index.ts';
import { messageOf } from '#shared/errors/index.ts';
import type { Caller } from './caller.ts';

type OidcSettings = NonNullable<Config['http']['oidc']>;

export interface OidcVerifierOptions {
  readonly settings: OidcSettings;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What a token is worth. `unavailable`: nobody can say at the moment. */
export type Judgement =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unavailable' };

/** Signatures that need a key which nobody but the issuer has. `none` and those by a shared secret are never right. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/** How far the clocks of two machines may be apart. */
const skewSeconds = 60;
const patienceMs = 5_000;
/** Where the keys are is looked up again after so long. */
const discoveryKeptMs = 60 * 60_000;
/** An issuer that does not answer is not asked again within so long. */
const retryMs = 5_000;
const longestName = 200;

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

/** What is wrong with the issuer, and not with the token. */
class IssuerTrouble extends Error {}

/**
 * Judges the tokens of an OIDC issuer (JWTs). Its keys are found by discovery (OpenID Connect Discovery 1.0, section 4), kept for ten
 * minutes, and asked for anew where a token names one that is not known, at most twice a minute.
 */
export class OidcVerifier {
  readonly #options: OidcVerifierOptions;
  #keys: { readonly since: number; readonly found: JWTVerifyGetKey } | undefined;
  #discovering: Promise<JWTVerifyGetKey> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(options: OidcVerifierOptions) {
    this.#options = options;
  }

  async judge(token: string): Promise<Judgement> {
    // Anything else was never signed by an issuer, which need not be asked then.
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return { kind: 'refused', why: 'there is no such token' };
    const { settings, clock, logger } = this.#options;
    const { issuer, audience } = settings;
    try {
      const { payload } = await jwtVerify(token, await this.#keysNow(), {
        ...{ issuer, audience, algorithms, clockTolerance: skewSeconds },
        ...{ requiredClaims: ['exp', 'sub'], currentDate: new Date(clock()) },
      });
      return { kind: 'caller', caller: callerOf(payload, settings) };
    } catch (thrown) {
      if (isOfToken(thrown)) return { kind: 'refused', why: `the token of the issuer: ${whyOf(thrown)}` };
      logger.warn(`gateway: the issuer ${issuer} cannot be asked: ${messageOf(thrown)}`);
      return { kind: 'unavailable' };
    }
  }

  /** @throws IssuerTrouble, or as fetch does */
  async #keysNow(): Promise<JWTVerifyGetKey> {
    const now = this.#options.clock();
    if (this.#keys !== undefined && now - this.#keys.since < discoveryKeptMs) return this.#keys.found;
    if (this.#discovering === undefined && now - this.#failedAt < retryMs)
      throw new IssuerTrouble('it did not answer a moment ago');
    this.#discovering ??= this.#discover().finally(() => {
      this.#discovering = undefined;
    });
    return this.#discovering;
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    const { settings, clock } = this.#options;
    try {
      const found = createRemoteJWKSet(await keysAddress(settings.issuer), { timeoutDuration: patienceMs });
      this.#keys = { since: clock(), found };
      return found;
    } catch (thrown) {
      this.#failedAt = clock();
      throw thrown;
    }
  }
}

async function keysAddress(issuer: string): Promise<URL> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(patienceMs),
  });
  const body: unknown = response.ok ? await response.json() : undefined;
  if (!response.ok) throw new IssuerTrouble(`discovery answers HTTP ${response.status}`);
  const read = Discovery.safeParse(body);
  if (!read.success) throw new IssuerTrouble('discovery does not answer with issuer and jwks_uri');
  if (read.data.issuer !== issuer)
    throw new IssuerTrouble(
      `it calls itself ${read.data.issuer}; http.oidc.issuer must be that, letter for letter`,
    );
  const keys = new URL(read.data.jwks_uri);
  if (keys.protocol !== new URL(issuer).protocol) throw new IssuerTrouble('its keys are not at https');
  return keys;
}

/** Whether the token is to blame. What is wrong with the set of keys, or with reaching it, is none of its doing. */
function isOfToken(thrown: unknown): thrown is errors.JOSEError {
  return (
    thrown instanceof errors.JWTInvalid ||
    thrown instanceof errors.JWTExpired ||
    thrown instanceof errors.JWTClaimValidationFailed ||
    thrown instanceof errors.JWSInvalid ||
    thrown instanceof errors.JWSSignatureVerificationFailed ||
    thrown instanceof errors.JOSEAlgNotAllowed ||
    thrown instanceof errors.JOSENotSupported ||
    thrown instanceof errors.JWKSNoMatchingKey ||
    thrown instanceof errors.JWKSMultipleMatchingKeys
  );
}

/** Only words that are ours or the library's: what its message quotes of a token is whatever its sender likes, of any length. */
function whyOf(thrown: errors.JOSEError): string {
  return thrown instanceof errors.JOSENotSupported || thrown instanceof errors.JWSInvalid
    ? 'it is made in a way that is not supported'
    : thrown.message;
}

function callerOf(payload: JWTPayload, { nameClaim, rolesClaim, roles }: OidcSettings): Caller {
  const sub = String(payload.sub);
  const name = claimOf(payload, nameClaim);
  const person = typeof name === 'string' && name.trim() !== '' ? name.trim() : sub;
  const held = new Set(textsOf(claimOf(payload, rolesClaim)));
  const mapped = Object.entries(roles).flatMap(([value, role]) => (held.has(value) ? [role] : []));
  return {
    account: `oidc:${sub}`.slice(0, longestName),
    roles: [...new Set(mapped)],
    person: person.slice(0, longestName),
  };
}

/** A claim by its whole name, as `https://example.com/roles` is one, else by the way through objects that its dots name. */
function claimOf(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  let value: unknown = payload;
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** Roles come as a list, or as one text with blanks between them. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ').filter(Boolean);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
