// Protects the texts of a CSV file from being changed by spreadsheets.

/**
 * The starts of formulas that OWASP names (ASVS 5.0, 1.2.10), also after spaces, and their full-width forms, which
 * Excel reads the same way.
 */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;
/** The start of a number, a date or a time in any form, which may have brackets or currency signs before it. */
const NUMBER = /^\P{L}*\p{Nd}/u;
const TRUTH_VALUES = ['true', 'false'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Truth values, and texts that English versions of Excel read as dates, such as `SEPT2`. */
const WORD = new RegExp(`^(?:(?:${TRUTH_VALUES.join('|')})$|(?:${MONTHS.join('|')})[a-z]*[^a-z]*\\d)`, 'i');
/** The first letters of the words of {@link WORD}. */
const OF_WORDS = new Set([...TRUTH_VALUES, ...MONTHS].map((word) => word.charCodeAt(0)));
const [FIRST_DIGIT, LAST_DIGIT, FIRST_LETTER, LAST_LETTER] = [0x30, 0x39, 0x61, 0x7a];
/** The bit that makes a letter of ASCII a small one. */
const LOWER_CASE = 0x20;

/**
 * Protects a text from being changed by a spreadsheet. It puts a tab before a text that would become a number, a
 * date or a truth value: even in quotes, `05710000000` loses its zero and `118100000000000001` its last digit. It
 * puts an apostrophe before a text that would run as a formula.
 */
export function guarded(text: string): string {
  const guard = guardOf(text.charCodeAt(0));
  if (guard !== undefined) return guard + text;
  if (WORD.test(text)) return `\t${text}`;
  if (FORMULA.test(text)) return `'${text}`;
  return NUMBER.test(text) ? `\t${text}` : text;
}

/**
 * What {@link guarded} puts before a text, if its first character tells. Nearly all ids and numbers begin with a digit,
 * and nearly all codes with a letter. They do not need the slower checks.
 *
 * @param first the first UTF-16 unit of a text, or its first byte in UTF-8
 */
export function guardOf(first: number): '' | '\t' | undefined {
  if (first >= FIRST_DIGIT && first <= LAST_DIGIT) return '\t';
  const letter = first | LOWER_CASE;
  return letter >= FIRST_LETTER && letter <= LAST_LETTER && !OF_WORDS.has(letter) ? '' : undefined;
}
