/** ISO/IEC 7812-1, annex B (Luhn), over a string of digits. */
function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    sum += index % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}

/** First two digits of the 18: provinces and what has their rank (GB/T 2260), and foreigners with a permanent residence (9). */
const regions = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-3])/;
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checks = '10X98765432';

/** A Chinese citizen's number of 18 characters, by region and checksum (GB 11643-1999, which is ISO 7064 MOD 11-2). */
export function isChineseId(text: string): boolean {
  if (text.length !== 18 || !regions.test(text)) return false;
  const sum = weights.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  return checks[sum % 11] === text[17];
}

/**
 * Beginning and length of the cards that are about: UnionPay 62, Visa 4, Mastercard 51–55 and 2221–2720, American Express 34 and
 * 37, JCB 3528–3589, Discover 6011 and 65.
 */
const cards =
  /^(?:62\d{14,17}|4\d{15}|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|35(?:2[89]|[3-8]\d)\d{12}|6011\d{12}|65\d{14})$/;

export function isCardNumber(digits: string): boolean {
  return cards.test(digits) && isLuhn(digits);
}
