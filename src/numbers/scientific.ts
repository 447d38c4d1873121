// Numbers with a fraction or an exponent whose value is a whole number: `1.39e10` is a telephone number, too.
import { MOST_WITH_PREFIX, withoutZeros } from './core.js';

const NUMBER = /^-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;
const ZERO = 0x30;

/**
 * The digits of the value of a JSON number.
 *
 * @returns undefined when it is no number, no whole one, or one of more digits than a telephone number has
 */
export function wholeDigits(json: string): string | undefined {
  const [, whole, fraction = '', exponent = '0'] = NUMBER.exec(json) ?? [];
  return whole === undefined ? undefined : scaled(whole, fraction, Number(exponent));
}

/** @param exponent of ten, by which `whole.fraction` is multiplied */
export function scaled(whole: string, fraction: string, exponent: number): string | undefined {
  // As they came: 0139 is a number that begins with 0.
  if (fraction === '' && exponent === 0) return whole.length <= MOST_WITH_PREFIX ? whole : undefined;
  const significant = withoutZeros(whole + fraction);
  let end = significant.length;
  while (end > 0 && significant.charCodeAt(end - 1) === ZERO) end -= 1;
  const zeros = exponent - fraction.length + (significant.length - end);
  if (end === 0 || zeros < 0 || end + zeros > MOST_WITH_PREFIX) return undefined;
  return significant.slice(0, end) + '0'.repeat(zeros);
}
