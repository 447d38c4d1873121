// A text in, one that every spreadsheet shows as text out.

/** What OWASP names (ASVS 5.0, 1.2.10), also after spaces, and the full-width forms, which Excel takes for the same. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;
/** A number, a date or a time in any form begins so, behind brackets or currency signs. */
const NUMBER = /^\P{L}*\p{Nd}/u;
/** `TRUE`, and what English versions of Excel take for a date, such as `SEPT2`. */
const WORD = /^(?:(?:true|false)$|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[^a-z]*\d)/i;

/**
 * Puts a tab before a text that a spreadsheet would make a number, a date or a truth value of, because even in quotes
 * `05710000000` loses its zero and `118100000000000001` its last digit; and an apostrophe before one that it would
 * run as a formula.
 */
export function guarded(text: string): string {
  const first = text.charCodeAt(0);
  // Nearly all ids and numbers begin with a digit, nearly all codes with a letter: neither needs the costlier looks.
  if (first >= 0x30 && first <= 0x39) return `\t${text}`;
  const letter = first | 0x20;
  if (letter >= 0x61 && letter <= 0x7a) return WORD.test(text) ? `\t${text}` : text;
  if (FORMULA.test(text)) return `'${text}`;
  return NUMBER.test(text) ? `\t${text}` : text;
}
