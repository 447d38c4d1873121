// Follows every request to the end of its answer: logs it, counts it by its route, and records its span.
import { Injectable, Logger } from '@nestjs/common';
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import type { NextFunction, Request, Response } from 'express';
import { Histogram, Registry } from 'prom-client';
import { DELIVERY_ID, REQUEST_ID } from '../answers/api-headers.js';
import { beginRequest, within } from '../../tracing/spans.js';
import { routeOf } from '../paths.js';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/**
 * The label for requests without a route, or that are refused before the routing. Their paths could be any number.
 */
const NO_ROUTE = 'none';
/** An export's pipeline alone has ten listeners for `close`; at more, Node.js would warn of a leak. */
const MOST_LISTENERS = 20;

@Injectable()
export class RequestWatch {
  private readonly logger = new Logger('Http');
  private readonly requests: Histogram<'method' | 'route' | 'status'>;

  constructor(registry: Registry) {
    this.requests = new Histogram({
      name: 'call_ledger_http_request_duration_seconds',
      help: 'Seconds from the headers of a request to the end of its answer, by route.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
      registers: [registry],
    });
  }

  /** The middleware. It must run before everything that may answer. */
  readonly use = (request: Request, response: Response, next: NextFunction): void => {
    const begin = performance.now();
    response.setMaxListeners(MOST_LISTENERS);
    const span = beginRequest(request.headers);
    response.once('close', () => {
      this.ended(request, response, performance.now() - begin, span);
    });
    if (span === undefined) next();
    else within(span, next);
  };

  private ended(request: Request, response: Response, ms: number, span: Span | undefined): void {
    const method = METHODS.has(request.method) ? request.method : 'other';
    const route = routeOf(request) ?? NO_ROUTE;
    // An answer that was not sent completely counts as broken off, whatever its status.
    const status = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : 'broken_off';
    this.requests.observe({ method, route, status }, ms / 1000);
    this.logger.debug({
      outcome: response.writableFinished ? 'answered' : 'broken off',
      // The route is logged, not the URL, because a path or a query may contain a token or a number.
      method,
      route,
      status: response.statusCode,
      ms: Math.round(ms),
      requestId: response.getHeader(REQUEST_ID),
      deliveryId: response.getHeader(DELIVERY_ID),
    });
    if (span !== undefined) endSpan(span, method, route, response);
  }
}

function endSpan(span: Span, method: string, route: string, response: Response): void {
  span.updateName(`${method} ${route}`);
  span.setAttributes({
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': response.statusCode,
    'call_ledger.request_id': String(response.getHeader(REQUEST_ID)),
  });
  const deliveryId = response.getHeader(DELIVERY_ID);
  if (deliveryId !== undefined) span.setAttribute('call_ledger.delivery_id', String(deliveryId));
  if (response.statusCode >= 500 || !response.writableFinished)
    span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
