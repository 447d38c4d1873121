// The life of the service's process: settings, address, application, and what is said of them.
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from './app.setup.js';
import { checkSettings, SettingsError, withCredentials } from './config/read-settings.js';
import type { Settings } from './config/settings.js';
import { errorStack, errorText, isFault } from './errors.js';
import { Journal } from './ingestion/journal/journal.js';
import { asAddressError, tryAddress } from './listening-address.js';
import { DatabaseLifecycle } from './persistence/connections/database-lifecycle.js';
import { ServiceLogger } from './service-logger.js';
import { announce, announceListening } from './start-message.js';
import { within } from './within.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** A database that is there takes less; then one line says all. */
const DATABASE_PATIENCE_MS = 2000;

const TRUST_PROXY_WARNING =
  'TRUST_PROXY=on lets any client that reaches the service directly forge its address. Name the networks of your proxies instead, such as TRUST_PROXY=10.0.0.0/8.';

async function bootstrap(): Promise<void> {
  const checked = checkSettings(process.env, process.stdout.isTTY);
  Logger.overrideLogger(new ServiceLogger(checked));
  // Whoever has to choose another address shall find nothing made.
  await tryAddress(checked);
  const settings = withCredentials(checked);
  if (settings.credentialsNotice !== undefined) new Logger('Start').warn(settings.credentialsNotice);
  if (settings.trustProxy === true) new Logger('Start').warn(TRUST_PROXY_WARNING);
  const app = await createApp(settings);
  tellOfTheEnd();
  app.enableShutdownHooks([...SIGNALS], { useProcessExit: true });
  try {
    await listen(app, settings);
    await serve(app, settings);
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function listen(app: NestExpressApplication, settings: Settings): Promise<void> {
  // Else a failure to connect or to migrate would be taken for one to listen.
  await app.init();
  try {
    await app.listen(settings.port, settings.host);
  } catch (error) {
    throw asAddressError(error, settings);
  }
}

async function serve(app: NestExpressApplication, settings: Settings): Promise<void> {
  const lifecycle = app.get(DatabaseLifecycle);
  const url = await app.getUrl();
  if (settings.databaseUrl !== undefined) {
    await within(DATABASE_PATIENCE_MS, lifecycle.up());
    if (!lifecycle.migrated) {
      const keepsPushes = app.get(Journal).problem === undefined;
      announceListening(url, lifecycle.problem ?? 'not reachable yet', keepsPushes);
    }
  }
  await lifecycle.up();
  // Else it was told to end before.
  if (lifecycle.migrated) announce(url, settings, process.stdout.isTTY);
}

/** Requests and the database may take some seconds: whoever presses Ctrl-C is told at once, and in the end. */
function tellOfTheEnd(): void {
  const logger = new Logger('Stop');
  let isTold = false;
  const tell = () => {
    if (isTold) return;
    isTold = true;
    logger.log('Stopping …');
    process.once('exit', (code) => {
      if (code === 0) logger.log('Stopped.');
    });
  };
  for (const signal of SIGNALS) process.once(signal, tell);
}

try {
  await bootstrap();
} catch (error) {
  // No stack of what a person can mend.
  const showsStack = isFault(error) || Logger.isLevelEnabled('debug');
  if (error instanceof SettingsError) console.error(error.message);
  else new Logger('Start').fatal(errorText(error), ...(showsStack ? [errorStack(error)] : []));
  process.exit(1);
}
