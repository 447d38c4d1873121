// The text of a time parameter in, epoch milliseconds out.
import { DateTime } from 'luxon';
import { InvalidParametersException } from '../http/invalid-parameters.js';
import type { ProblemDetail } from '../http/problem.dto.js';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** A `+` that was not escaped in a query arrives as a space. */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+ -]\d{2}:?\d{2})$/;

/** Reads the time parameters of one request and collects what is wrong with them. */
export class InstantReader {
  private readonly problems: ProblemDetail[] = [];

  /** @param zone IANA name; dates without a time are read in it */
  constructor(private readonly zone: string) {}

  read(path: string, text: string | undefined): number | undefined {
    if (text === undefined) return undefined;
    const instant = this.parse(text);
    if (instant.isValid && instant.year >= 1 && instant.year <= 9999) return instant.toMillis();
    this.problems.push({
      path,
      message: 'must be ISO 8601 with an offset such as 2025-06-01T10:00:00Z, or a date such as 2025-06-01',
    });
    return undefined;
  }

  /** @throws InvalidParametersException when a time could not be read */
  finish(): void {
    if (this.problems.length > 0) throw new InvalidParametersException(this.problems);
  }

  private parse(text: string): DateTime {
    if (DATE.test(text)) return DateTime.fromISO(text, { zone: this.zone }).startOf('day');
    const [, local, offset] = DATE_TIME.exec(text) ?? [];
    if (local === undefined || offset === undefined) return DateTime.invalid('unparsable');
    return DateTime.fromISO(local + offset.replace(' ', '+'), { zone: 'utc' });
  }
}
