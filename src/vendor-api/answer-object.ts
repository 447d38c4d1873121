import { isExactNumber, plainDigits } from '../json/exact-numbers.js';
import { VendorApiError } from './vendor-api-error.js';

const WHOLE_NUMBER = /^\d{1,15}$/;
/** The years 2001 to 2286. A time in seconds has fewer digits. */
const EPOCH_MS = /^\d{13}$/;

/**
 * Reads the fields of one object in an answer. Nothing is guessed: a value of another type than the vendor documents is
 * an error, which names the place but does not quote the value (it may be a phone number). A missing field, null and
 * `""` mean the same.
 */
export class AnswerObject {
  private constructor(
    private readonly value: object,
    /** Where the object stands, such as `QueryAiCallDetailPage: Data.List[3]`. */
    private readonly place: string,
  ) {}

  /** @throws VendorApiError when the value is not a JSON object */
  static of(value: unknown, place: string): AnswerObject {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value))
      return new AnswerObject(value, place);
    throw unreadable(place, value, 'an object');
  }

  /** A text, or the digits of a number: the vendor sends ids as either. */
  text(name: string): string | null {
    const value = this.field(name);
    if (value === null) return null;
    const text = textOf(value);
    if (text === undefined) throw this.problem(name, 'a text');
    return text;
  }

  requiredText(name: string): string {
    return this.text(name) ?? this.missing(name);
  }

  /** A whole number that is not negative, as a number or as text. */
  count(name: string): number | null {
    return this.number(name, WHOLE_NUMBER, 'a whole number');
  }

  requiredCount(name: string): number {
    return this.count(name) ?? this.missing(name);
  }

  /** An instant in epoch milliseconds; null also for 0. */
  instant(name: string): number | null {
    const value = this.field(name);
    if (value === 0 || value === '0') return null;
    return this.number(name, EPOCH_MS, 'a time in epoch milliseconds');
  }

  flag(name: string): boolean | null {
    const value = this.field(name);
    if (value === null || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw this.problem(name, 'true or false');
  }

  object(name: string): AnswerObject | null {
    const value = this.field(name);
    return value === null ? null : AnswerObject.of(value, this.placeOf(name));
  }

  /** A list of objects. A missing list is empty. */
  list(name: string): AnswerObject[] {
    const value = this.field(name);
    if (value === null) return [];
    if (!Array.isArray(value)) throw this.problem(name, 'a list');
    return value.map((entry, index) => AnswerObject.of(entry, `${this.placeOf(name)}[${index}]`));
  }

  /** The value as it came, for fields that the vendor gives no type. */
  raw(name: string): unknown {
    return this.field(name);
  }

  private number(name: string, form: RegExp, expected: string): number | null {
    const value = this.field(name);
    if (value === null) return null;
    const text = textOf(value);
    if (text === undefined || !form.test(text)) throw this.problem(name, expected);
    return Number(text);
  }

  private field(name: string): unknown {
    const value: unknown = Reflect.get(this.value, name) ?? null;
    return typeof value === 'string' && value.trim() === '' ? null : value;
  }

  private placeOf(name: string): string {
    return this.place.endsWith(':') ? `${this.place} ${name}` : `${this.place}.${name}`;
  }

  private problem(name: string, expected: string): VendorApiError {
    return unreadable(this.placeOf(name), this.field(name), expected);
  }

  private missing(name: string): never {
    throw new VendorApiError('unreadable', `${this.placeOf(name)} is missing`);
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  return isExactNumber(value) ? plainDigits(value) : undefined;
}

function unreadable(place: string, value: unknown, expected: string): VendorApiError {
  return new VendorApiError('unreadable', `${place} is ${kindOf(value)}, not ${expected}`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  if (typeof value === 'number' || isExactNumber(value))
    return `a number of ${String(value).length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
