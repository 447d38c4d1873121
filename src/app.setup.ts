// What main.ts and the tests share: settings in, the configured application out.
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Settings } from './config/settings.js';
import { compressed, notStored, requestIds } from './http/api-headers.js';
import { jsonBody } from './http/json-body.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RequestValidationPipe } from './http/validation.pipe.js';
import { ServiceLogger } from './service-logger.js';
import { serveDocument } from './openapi/document.js';

/** Creates the application; it neither listens nor touches the database yet. */
export async function createApp(settings: Settings): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(settings), {
    // Pushes are read as bytes.
    bodyParser: false,
    abortOnError: false,
    logger: new ServiceLogger(settings),
  });
  app.set('trust proxy', settings.trustProxy);
  app.disable('x-powered-by');
  // Pushes and errors need none; answers of the API get theirs from ExactJsonInterceptor.
  app.disable('etag');
  app.use(requestIds());
  app.use('/v1', notStored(), compressed(), jsonBody());
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  serveDocument(app);
  return app;
}
