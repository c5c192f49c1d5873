/** What stands where a secret was. */
const placeholder = '[redacted]';

/** A Feishu or Lark bot's address gives its bearer the right to post, so it is hidden even where no configuration names it. */
const botAddress = /(\/open-apis\/bot\/v2\/hook\/)[\w-]+/g;

/**
 * A function that takes every secret out of a line of text. It works on the finished line and not on fields, since a
 * library's error message can quote an address with its password.
 *
 * @param secrets exact values; those of fewer than four characters are left alone, for they would garble every line
 */
export function redactor(secrets: readonly string[]): (line: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= 4)
    // In a JSON line a secret stands as JSON writes it, in an address percent-encoded.
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length);
  const distinct = [...new Set(forms)];
  return (line) =>
    distinct
      .reduce((text, secret) => text.replaceAll(secret, placeholder), line)
      .replaceAll(botAddress, `$1${placeholder}`);
}
