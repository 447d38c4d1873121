import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Settings } from './config/settings.js';
import { compressed, hostNeeded, notStored, requestIds } from './http/answers/api-headers.js';
import { inOrder } from './http/connections/in-order.js';
import { jsonBody } from './http/connections/json-body.js';
import {
  CONNECTION_LIMITS,
  type ConnectionLimits,
  LimitedHttpAdapter,
} from './http/connections/limited-http-adapter.js';
import { ProblemFilter } from './http/problems/problem.filter.js';
import { parseQuery, RequestValidationPipe } from './http/parameters/validation.pipe.js';
import { singleSlashes } from './ingestion/push/missed-push.controller.js';
import { RequestWatch } from './http/connections/request-watch.js';
import { consolePolicy, securityHeaders, swaggerUiPolicy, tlsOnly } from './http/answers/security-headers.js';
import { signInRate } from './people/sign-in-rate.js';
import { ServiceLogger } from './service-logger.js';
import { serveDocs } from './serve-docs.js';
import { ApiGate } from './security/api-gate.js';
import { erasureRate } from './security/query-rate.js';
import type { RequestHandler } from 'express';

/**
 * Creates the configured application, for `bootstrap.ts` and the tests. It does not listen yet, and does not use
 * the database yet.
 */
export async function createApp(
  settings: Settings,
  limits: ConnectionLimits = CONNECTION_LIMITS,
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forRoot(settings),
    new LimitedHttpAdapter(limits),
    {
      // Pushes are read as bytes.
      bodyParser: false,
      abortOnError: false,
      logger: new ServiceLogger(settings),
    },
  );
  // With `true`, Express would use the first address in X-Forwarded-For, which a client can forge. With 1, it uses
  // the last address, which the peer has seen itself.
  app.set('trust proxy', settings.trustProxy === true ? 1 : settings.trustProxy);
  app.set('query parser', parseQuery);
  app.disable('x-powered-by');
  // Answers to pushes and errors need no ETag. ExactJsonInterceptor gives answers of the API their ETag.
  app.disable('etag');
  app.use(['/docs', '/openapi.json', '/openapi.yaml', '/metrics', '/console', '/auth'], lowPriority());
  app.use(
    inOrder(
      singleSlashes,
      requestIds(),
      app.get(RequestWatch).use,
      securityHeaders(),
      tlsOnly(),
      hostNeeded(),
    ),
  );
  app.use('/docs', swaggerUiPolicy());
  app.use('/console', consolePolicy());
  // The order matters: bodies of unauthenticated requests are not read.
  app.use('/v1', inOrder(notStored(), compressed(), ...app.get(ApiGate).handlers(), jsonBody()));
  app.use('/v1/erasures', erasureRate());
  app.use('/auth', notStored());
  app.use(['/auth/sign-in', '/auth/callback'], signInRate());
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  serveDocs(app);
  return app;
}

/** Requests that are let on in one turn of the event loop. Each makes the turn less than a millisecond longer. */
const A_TURN = 2;

/**
 * Lets only two of these requests on in each turn of the event loop, however many wait. These routes need no API
 * key, and a push takes several turns. Without this limit, 50 clients that asked in a loop made each turn 50
 * answers long.
 */
export function lowPriority(): RequestHandler {
  const waiting: (() => void)[] = [];
  const letOn = () => {
    for (const next of waiting.splice(0, A_TURN)) next();
    if (waiting.length > 0) setImmediate(letOn);
  };
  return (_request, _response, next) => {
    waiting.push(next);
    if (waiting.length === 1) setImmediate(letOn);
  };
}
