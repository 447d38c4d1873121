// Writes a parsed JSON value as JSON text that PostgreSQL's jsonb stores without changing it.
import { textProblem } from '../../call/field-decorators.js';
import { InexactValue, isExactNumber } from '../../json/exact-numbers.js';

/** JSON text for a jsonb column. `problem` is set when the value could only be kept as a JSON string. */
export interface KeptJson {
  readonly json: string;
  readonly problem?: string;
}

/**
 * The most levels of nesting. jsonb's parser recurses: PostgreSQL's default stack ends at about 6,000 levels, and other
 * readers' stacks much earlier.
 */
const DEEPEST = 100;
/** The most values within one field. Going through a million values would block all other pushes. */
const MOST_VALUES = 10_000;
/**
 * The most characters of a number. Numbers with a meaning are shorter, and jsonb writes `1e999` as a thousand digits.
 */
const LONGEST_NUMBER = 100;
const LARGEST_EXPONENT = 30;
const NEGATIVE_ZERO = /^-0(?:\.0*)?(?:[eE]|$)/;
const WITH_EXPONENT = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/;

/**
 * Writes a value in a canonical form (with sorted keys), so that equal values have equal texts.
 *
 * A value that jsonb cannot store unchanged, or that is very large or very deep, is kept as a JSON string with its
 * original JSON text. Then `problem` says why.
 *
 * @param text returns the original JSON text of the value
 */
export function keepJson(value: unknown, text: () => string): KeptJson {
  const problem = new Inspection().problemOf(value, 0);
  if (problem === undefined) return { json: write(value) };
  return { json: JSON.stringify(text()), problem: `${problem}, kept as JSON text` };
}

/** A key of a JSON object in a form that jsonb accepts. A key that jsonb cannot store is written with JSON escapes. */
export function keepKey(key: string): string {
  return textProblem(key) === undefined ? key : JSON.stringify(key);
}

/** Goes through a value until it finds a problem. It counts the values, and too many are a problem too. */
class Inspection {
  private values = 0;

  problemOf(value: unknown, depth: number): string | undefined {
    this.values += 1;
    if (typeof value === 'string') return textProblem(value);
    if (typeof value === 'number') return numberProblem(String(value));
    if (typeof value !== 'object' || value === null) return undefined;
    if (isExactNumber(value)) return numberProblem(value.toString());
    if (value instanceof InexactValue) return value.problem;
    if (depth >= DEEPEST) return `is nested deeper than ${DEEPEST} levels`;
    return Array.isArray(value) ? this.inArray(value, depth) : this.inObject(value, depth);
  }

  private inArray(elements: readonly unknown[], depth: number): string | undefined {
    if (this.values + elements.length > MOST_VALUES) return `holds more than ${MOST_VALUES} values`;
    for (const element of elements) {
      const problem = this.problemOf(element, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  private inObject(object: object, depth: number): string | undefined {
    for (const key in object) {
      if (this.values >= MOST_VALUES) return `holds more than ${MOST_VALUES} values`;
      const member: unknown = Reflect.get(object, key);
      const problem = textProblem(key) ?? this.problemOf(member, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
}

function numberProblem(digits: string): string | undefined {
  const exponent = Number(/[eE]([+-]?\d+)$/.exec(digits)?.[1] ?? 0);
  const tooLong = digits.length > LONGEST_NUMBER || Math.abs(exponent) > LARGEST_EXPONENT;
  if (tooLong) return 'is a number too long to keep as one';
  return NEGATIVE_ZERO.test(digits) ? 'is a negative zero' : undefined;
}

/** Writes a number without an exponent, as jsonb does: `1.50e1` becomes `15.0`. */
function plainNumber(number: string): string {
  const match = WITH_EXPONENT.exec(number);
  if (match === null) return number;
  const [, sign = '', whole = '', fraction = '', exponent] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const integer = digits
    .slice(0, point)
    .padEnd(point, '0')
    .replace(/^0+(?=\d)/, '');
  return `${sign}${integer}${point < digits.length ? `.${digits.slice(point)}` : ''}`;
}

function write(value: unknown): string {
  if (typeof value === 'number' || isExactNumber(value)) return plainNumber(value.toString());
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`);
  return `{${members.join(',')}}`;
}
