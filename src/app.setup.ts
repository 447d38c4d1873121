// What main.ts and the tests share: settings in, the configured application out.
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Settings } from './config/settings.js';
import { compressed, hostNeeded, notStored, requestIds } from './http/api-headers.js';
import { jsonBody } from './http/json-body.js';
import { CONNECTION_LIMITS, type ConnectionLimits, LimitedHttpAdapter } from './http/limited-http-adapter.js';
import { ProblemFilter } from './http/problem.filter.js';
import { parseQuery } from './http/query-parser.js';
import { singleSlashes } from './ingestion/push/missed-pushes.js';
import { RequestWatch } from './http/request-watch.js';
import { consolePolicy, securityHeaders, swaggerUiPolicy, tlsOnly } from './http/security-headers.js';
import { RequestValidationPipe } from './http/validation.pipe.js';
import { ServiceLogger } from './service-logger.js';
import { serveDocument } from './openapi/document.js';
import { ApiGate } from './security/api-gate.js';

/** Creates the application; it neither listens nor touches the database yet. */
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
  app.set('trust proxy', settings.trustProxy);
  app.set('query parser', parseQuery);
  app.disable('x-powered-by');
  // Pushes and errors need none; answers of the API get theirs from ExactJsonInterceptor.
  app.disable('etag');
  app.use(singleSlashes, requestIds(), app.get(RequestWatch).use, securityHeaders(), tlsOnly(), hostNeeded());
  app.use('/docs', swaggerUiPolicy());
  app.use('/console', consolePolicy());
  // Nothing of a body is read for whom the gate does not know.
  app.use('/v1', notStored(), compressed(), ...app.get(ApiGate).handlers(), jsonBody());
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  serveDocument(app);
  return app;
}
