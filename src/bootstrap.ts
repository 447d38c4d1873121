// Starts the service.
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from './app.setup.js';
import { readSettings, SettingsError } from './config/read-settings.js';
import type { Settings } from './config/settings.js';
import { errorCode, errorStack, errorText } from './errors.js';
import { DatabaseLifecycle } from './persistence/database-lifecycle.js';
import { announce } from './start-message.js';

async function bootstrap(): Promise<void> {
  const settings = readSettings(process.env, process.stdout.isTTY);
  const app = await createApp(settings);
  if (settings.credentialsNotice !== undefined) new Logger('Start').warn(settings.credentialsNotice);
  app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
  try {
    await app.listen(settings.port, settings.host);
    await serve(app, settings);
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function serve(app: NestExpressApplication, settings: Settings): Promise<void> {
  const lifecycle = app.get(DatabaseLifecycle);
  const url = await app.getUrl();
  if (settings.databaseUrl === undefined) await lifecycle.up();
  announce(url, settings);
  await lifecycle.up();
}

function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (errorCode(error) === 'EADDRINUSE') {
    return `The address is in use already (${errorText(error)}). Set PORT to a free one, or end what listens there.`;
  }
  return errorText(error);
}

try {
  await bootstrap();
} catch (error) {
  if (error instanceof SettingsError) console.error(explain(error));
  else new Logger('Start').fatal(explain(error), errorStack(error));
  process.exit(1);
}
