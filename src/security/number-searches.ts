// Searches by telephone number: what a key may ask, how often, and that it is noted.
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

/** The parameters of a search that hold numbers, and those that name a single call or person. */
export interface NumberSearchQuery {
  readonly callee?: readonly string[];
  readonly caller?: readonly string[];
  readonly realCaller?: readonly string[];
  readonly calleeEndsWith?: string;
  readonly statusCode?: readonly string[];
  readonly smartStatusCode?: readonly string[];
  readonly hangupDirection?: readonly string[];
  readonly callId?: readonly string[];
  readonly outId?: readonly string[];
  readonly detailId?: readonly string[];
}

/** How many numbers a key may search by: so many at once, and so many more each second. */
interface Allowance {
  readonly atOnce: number;
  readonly perSecond: number;
}

/** The hidden digits of one number are 10,000 questions: more than two and a half hours. */
const OF_MASKED: Allowance = { atOnce: 100, perSecond: 1 };
const OF_SEEING: Allowance = { atOnce: 1000, perSecond: 100 };
const NAMES_OF_ONE = ['callId', 'outId', 'detailId', 'caller', 'realCaller', 'callee'] as const;

interface Bucket {
  left: number;
  at: number;
}

@Injectable()
export class NumberSearches {
  /** By family of keys. Only good keys come here, so that there are no more than keys. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly audit: AuditLog) {}

  /**
   * To be called before a search is made. It does nothing for a question without a number.
   *
   * @throws InvalidParametersException for what would tell hidden digits one by one
   * @throws RefusalWithHeaders 429 for too many
   * @throws DatabaseUnavailableError when it can't be noted: then nothing is searched
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

  /** @param now ms, of a clock that never goes back */
  private take(asker: Principal, numbers: number, now = performance.now()): void {
    const { atOnce, perSecond } = seesNumbers(asker) ? OF_SEEING : OF_MASKED;
    const bucket = this.buckets.get(asker.family) ?? { left: atOnce, at: now };
    bucket.left = Math.min(atOnce, bucket.left + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.buckets.set(asker.family, bucket);
    // A list that is longer than all that may be asked at once is admitted when all of that is there.
    const needed = Math.min(numbers, atOnce);
    if (bucket.left < needed) {
      throw tooManyRequests(
        `This API key has searched by too many numbers: ${atOnce} at once are allowed, and ${perSecond} more each second`,
        Math.ceil((needed - bucket.left) / perSecond),
      );
    }
    bucket.left -= numbers;
  }
}

function countOf(query: NumberSearchQuery): number {
  const { callee = [], caller = [], realCaller = [], calleeEndsWith } = query;
  const { outId = [], statusCode = [], smartStatusCode = [], hangupDirection = [] } = query;
  const texts = [...outId, ...statusCode, ...smartStatusCode, ...hangupDirection].filter(isNumber);
  return different([...callee, ...caller, ...realCaller, ...texts]) + (calleeEndsWith === undefined ? 0 : 1);
}

/** Of texts that are masked where they hold a number: else their hidden digits could be tried out. Most references are none. */
function isNumber(text: string): boolean {
  return (/^[+0]/.test(text) && coreOf(text) !== undefined) || maskReference(text, NONE) !== text;
}

/** A number that is written in several ways is one. */
function different(numbers: readonly string[]): number {
  return new Set(numbers.map((number) => coreOf(number) ?? number)).size;
}

/** With more digits, or of one call, the digits that are hidden could be asked for one after the other. */
function refuseGuesses(query: NumberSearchQuery): void {
  const { calleeEndsWith } = query;
  if (calleeEndsWith === undefined) return;
  const beside = NAMES_OF_ONE.filter((name) => query[name] !== undefined);
  const errors = beside.map((name) => errorOf(name, 'must not stand beside calleeEndsWith'));
  if (beside.length > 0)
    errors.unshift(errorOf('calleeEndsWith', `must not stand beside ${beside.join(', ')}`));
  if (calleeEndsWith.length !== MOST_AT_THE_END)
    errors.unshift(errorOf('calleeEndsWith', `must be exactly ${MOST_AT_THE_END} digits`));
  if (errors.length > 0) throw new InvalidParametersException(errors);
}

function errorOf(path: string, message: string): ProblemDetail {
  return { path, message: `${message} without the scope numbers:read` };
}
