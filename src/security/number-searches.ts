import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { InvalidParametersException, tooManyRequests } from '../http/problems/refusals.js';
import type { ProblemDetail } from '../http/problems/problem.dto.js';
import { coreOf } from '../numbers/core.js';
import { NONE } from '../numbers/own-numbers.js';
import { auditedRequest } from './audit/audited-request.js';
import { AuditLog } from './audit/audit-log.js';
import { MOST_AT_THE_END } from './masking/number-mask.js';
import { maskReference } from './masking/text-mask.js';
import { type Principal, seesNumbers } from './principal.js';

/** The parameters of a search that hold phone numbers, and those that name a single call or person. */
export interface NumberSearchQuery {
  readonly callee?: readonly string[];
  readonly caller?: readonly string[];
  readonly realCaller?: readonly string[];
  readonly calleeEndsWith?: string;
  readonly statusCode?: readonly string[];
  readonly smartStatusCode?: readonly string[];
  readonly hangupDirection?: readonly string[];
  readonly majorIntent?: readonly string[];
  readonly tag?: readonly string[];
  readonly callId?: readonly string[];
  readonly outId?: readonly string[];
  readonly detailId?: readonly string[];
}

/** How many numbers a key may search: some at once, and some more each second. */
interface Allowance {
  readonly atOnce: number;
  readonly perSecond: number;
}

/**
 * The allowance of keys that see masked numbers. To guess the four hidden digits of a number takes up to 10,000
 * searches, which is more than two and a half hours.
 */
const OF_MASKED: Allowance = { atOnce: 100, perSecond: 1 };
const OF_SEEING: Allowance = { atOnce: 1000, perSecond: 100 };
const NAMES_OF_ONE = ['callId', 'outId', 'detailId', 'caller', 'realCaller', 'callee'] as const;

interface Bucket {
  left: number;
  at: number;
}

/** Checks and limits searches by phone number, and records them in the audit. */
@Injectable()
export class NumberSearches {
  /** By key family. Only valid keys come here, so the size is limited by the number of keys. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly audit: AuditLog) {}

  /**
   * Call it before each search. It does nothing if the query has no phone number.
   *
   * @throws InvalidParametersException if the search could reveal hidden digits one by one
   * @throws RefusalWithHeaders 429 if the key family has searched too many numbers
   * @throws DatabaseUnavailableError if the audit event cannot be written; then nothing is searched
   */
  async admit(query: NumberSearchQuery, asker: Principal, request: Request): Promise<void> {
    const numbers = countOf(query);
    if (numbers === 0) return;
    if (!seesNumbers(asker)) refuseGuesses(query);
    this.take(asker, numbers);
    await this.audit.record({
      action: 'numbers.searched',
      by: asker,
      detail: auditedRequest(request),
      rows: numbers,
    });
  }

  /** @param now ms of a clock that never goes back */
  private take(asker: Principal, numbers: number, now = performance.now()): void {
    const { atOnce, perSecond } = seesNumbers(asker) ? OF_SEEING : OF_MASKED;
    const bucket = this.buckets.get(asker.family) ?? { left: atOnce, at: now };
    bucket.left = Math.min(atOnce, bucket.left + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.buckets.set(asker.family, bucket);
    // A list that is longer than the whole allowance is admitted if the whole allowance is left.
    const needed = Math.min(numbers, atOnce);
    if (bucket.left < needed) {
      throw tooManyRequests(
        `This API key has searched too many phone numbers. It may search ${atOnce} at once, and ${perSecond} more each second.`,
        Math.ceil((needed - bucket.left) / perSecond),
      );
    }
    bucket.left -= numbers;
  }
}

function countOf(query: NumberSearchQuery): number {
  const { callee = [], caller = [], realCaller = [], calleeEndsWith } = query;
  const { outId = [], statusCode = [], smartStatusCode = [], hangupDirection = [] } = query;
  const { majorIntent = [], tag = [] } = query;
  const tagged = tag.map((each) => each.slice(each.indexOf(':') + 1));
  const texts = [
    ...[...outId, ...statusCode, ...smartStatusCode],
    ...[...hangupDirection, ...majorIntent, ...tagged],
  ].filter(isNumber);
  return different([...callee, ...caller, ...realCaller, ...texts]) + (calleeEndsWith === undefined ? 0 : 1);
}

/**
 * Whether the text holds a number that is masked in answers. Otherwise its hidden digits could be guessed with this
 * filter. Most references hold none.
 */
function isNumber(text: string): boolean {
  return (/^[+0]/.test(text) && coreOf(text) !== undefined) || maskReference(text, NONE) !== text;
}

/** Counts different numbers. A number in several notations counts once. */
function different(numbers: readonly string[]): number {
  return new Set(numbers.map((number) => coreOf(number) ?? number)).size;
}

/**
 * Refuses searches by more than the shown last digits, and searches by last digits within one call or person. With
 * them, the hidden digits could be guessed one by one.
 */
function refuseGuesses(query: NumberSearchQuery): void {
  const { calleeEndsWith } = query;
  if (calleeEndsWith === undefined) return;
  const beside = NAMES_OF_ONE.filter((name) => query[name] !== undefined);
  const errors = beside.map((name) => errorOf(name, 'cannot be combined with calleeEndsWith'));
  if (beside.length > 0)
    errors.unshift(errorOf('calleeEndsWith', `cannot be combined with ${beside.join(', ')}`));
  if (calleeEndsWith.length !== MOST_AT_THE_END)
    errors.unshift(errorOf('calleeEndsWith', `must be exactly ${MOST_AT_THE_END} digits`));
  if (errors.length > 0) throw new InvalidParametersException(errors);
}

function errorOf(path: string, message: string): ProblemDetail {
  return { path, message: `${message} without the scope numbers:read` };
}
