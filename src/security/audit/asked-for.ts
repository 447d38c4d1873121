// A request in, what it asked for, as it may be kept for ever, out.
import type { Request } from 'express';
import { routeOf } from '../../http/route-of.js';
import { maskEntry } from '../masking/answer-mask.js';

/** The route and its parameters. Numbers that were asked by are masked: an erasure does not reach the audit. */
export function askedFor(request: Request): Readonly<Record<string, unknown>> {
  const parameters = maskEntry({ ...request.params, ...request.query });
  return { request: `${request.method} ${routeOf(request) ?? ''}`, parameters };
}
