// Runs the service's process: checks the settings and the address, starts the application, and reports all of it.
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from './app.setup.js';
import { checkSettings, SettingsError, withCredentials } from './config/read-settings.js';
import { MemoryPlan } from './config/memory-plan.js';
import { isUnprotected } from './config/setting-values.js';
import type { Settings } from './config/settings.js';
import { errorStack, errorText, isFault } from './errors.js';
import { Journal } from './ingestion/journal/journal.js';
import { asAddressError, tryAddress } from './listening-address.js';
import { DatabaseLifecycle } from './persistence/connections/database-lifecycle.js';
import { RecordingFiles } from './recordings/recording-files.js';
import { ServiceLogger } from './service-logger.js';
import { announce, announceListening } from './start-message.js';
import { within } from './within.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/**
 * How long the start waits for the database before it says that it listens without one. An available database takes
 * less, so that one message is enough.
 */
const DATABASE_PATIENCE_MS = 2000;

const TRUST_PROXY_WARNING =
  'TRUST_PROXY=on lets any client that reaches the service directly forge its address. Name the networks of your proxies instead, such as TRUST_PROXY=10.0.0.0/8.';
const ENDPOINT_WARNING =
  'ALIYUN_ENDPOINT is an http URL: phone numbers and call records of the vendor come over the network unencrypted. Use an https URL.';
const S3_WARNING =
  'S3_ENDPOINT is an http URL: recordings go over the network unencrypted. Use an https URL.';

const MEMORY_WARNING =
  'The process has too little memory: under load with large bodies, the system may end it. Give it 896 MiB at least, and the heap a quarter of that (NODE_OPTIONS=--max-old-space-size=224).';

async function bootstrap(): Promise<void> {
  const checked = checkSettings(process.env, process.stdout.isTTY);
  Logger.overrideLogger(new ServiceLogger(checked));
  // The address is tried first: if another one is needed, no files have been created yet.
  await tryAddress(checked);
  const settings = withCredentials(checked);
  if (settings.credentialsNotice !== undefined) new Logger('Start').warn(settings.credentialsNotice);
  if (settings.trustProxy === true) new Logger('Start').warn(TRUST_PROXY_WARNING);
  if (settings.vendorAccess !== undefined && isUnprotected(settings.vendorAccess.endpoint))
    new Logger('Start').warn(ENDPOINT_WARNING);
  const { recordingStore: store } = settings;
  if (store?.kind === 's3' && store.endpoint !== undefined && isUnprotected(store.endpoint))
    new Logger('Start').warn(S3_WARNING);
  if (!MemoryPlan.ofProcess().fits) new Logger('Start').warn(MEMORY_WARNING);
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
  // `listen` would call `init` too, and a failure to connect or to migrate would look like a failure to listen.
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
  // If it is not migrated, the service was stopped before.
  if (!lifecycle.migrated) return;
  await app.get(RecordingFiles).check();
  announce(url, settings, process.stdout.isTTY);
}

/**
 * Logs when the service begins to stop and when it has stopped: requests and the database may take some seconds to
 * end.
 */
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
  // Errors that an operator can correct are shown without a stack.
  const showsStack = isFault(error) || Logger.isLevelEnabled('debug');
  if (error instanceof SettingsError) console.error(error.message);
  else new Logger('Start').fatal(errorText(error), ...(showsStack ? [errorStack(error)] : []));
  process.exit(1);
}
