// Describes a request in a form that the audit may keep for ever.
import type { Request } from 'express';
import { routeOf } from '../../http/paths.js';
import { coreOf } from '../../numbers/core.js';
import { NONE } from '../../numbers/own-numbers.js';
import { type MaskRule, ruleOfAnswerField } from '../masking/field-rules.js';
import { maskNumber } from '../masking/number-mask.js';
import { maskReference, maskText } from '../masking/text-mask.js';

/**
 * Parameters that are left out. They hold ids in a form in which nothing can be masked, and they say nothing about the
 * content of the query.
 */
const PLACES = ['cursor', 'after'];
const LEFT_OUT = '…';

/**
 * The route and its parameters. Phone numbers in the parameters are masked, because erasures do not change the audit.
 */
export function auditedRequest(request: Request): Readonly<Record<string, unknown>> {
  const asked = Object.entries({ ...request.params, ...request.query });
  const parameters = Object.fromEntries(asked.map(([name, value]) => [name, masked(name, value)]));
  return { request: `${request.method} ${routeOf(request) ?? ''}`, parameters };
}

function masked(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => masked(name, one));
  if (typeof value !== 'string') return value;
  if (PLACES.includes(name)) return LEFT_OUT;
  return maskedText(value, ruleOfAnswerField(name));
}

/**
 * Masks a parameter. Ids stay, so that the audit shows which rows were read. An id that is only a number, or holds a
 * mobile number, is masked.
 */
function maskedText(text: string, rule: MaskRule): string {
  if (rule === 'number') return maskNumber(text);
  return rule === 'keep' && coreOf(text) === undefined ? maskReference(text, NONE) : maskText(text, NONE);
}
