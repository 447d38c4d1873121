// `npm run move-database -- --to URL`: moves a ledger to another PostgreSQL, and says what to do next.
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { credentialsFile, loadCredentials } from '../../../config/credentials.js';
import { errorText } from '../../../errors.js';
import { embeddedServer, type EmbeddedServer } from '../../connections/embedded-server.js';
import { MoveRefusedError } from './ledger-copy.js';
import { moveLedger } from './move-ledger.js';
import { HELP, type MoveOptions, readMoveOptions, UsageError } from './move-options.js';

const USAGE_EXIT_CODE = 2;
const INTERRUPTED_EXIT_CODE = 130;

function embeddedLedger(dataDir: string): EmbeddedServer {
  // Without this check, the embedded server would create an empty database.
  if (!existsSync(join(dataDir, 'postgres', 'PG_VERSION')))
    throw new MoveRefusedError(
      `There is no embedded ledger in ${dataDir}. Set DATA_DIR to the folder of the ledger.`,
    );
  const { databasePassword, renewal } = loadCredentials(dataDir);
  if (renewal !== undefined) console.error(`${renewal.reason} New ones were made.`);
  return embeddedServer(dataDir, databasePassword);
}

async function run({ from, to, dataDir }: MoveOptions, signal: AbortSignal): Promise<void> {
  const embedded = from === undefined ? embeddedLedger(dataDir) : undefined;
  try {
    const source = from ?? (await embedded?.start()) ?? '';
    const begin = performance.now();
    const moved = await moveLedger({ from: source, to, stream: process.stderr, signal });
    for (const { table, rows } of moved) console.log(`${String(rows).padStart(12)} ${table}`);
    console.log(
      `Moved in ${((performance.now() - begin) / 1000).toFixed(1)} s. Both sides have the same number of rows.`,
    );
    console.log(nextSteps(embedded === undefined ? undefined : dataDir));
  } finally {
    await embedded?.stop();
  }
}

/** @param dataDir of the embedded database, if the ledger was there */
function nextSteps(dataDir: string | undefined): string {
  const next =
    'Next: start the service with the DATABASE_URL of the new database and with the same DATA_DIR. It drains the journal in DATA_DIR into the new database.';
  if (dataDir === undefined) return next;
  return `${next}
With DATABASE_URL, the service generates no secrets. Set PUSH_TOKENS and ADMIN_API_KEY to the values of pushTokens and
adminApiKey in ${credentialsFile(dataDir)}. Do not start the service without DATABASE_URL again. It would use the old
ledger, which is still in ${join(dataDir, 'postgres')}.`;
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort();
  });
}
try {
  const options = readMoveOptions(process.argv.slice(2), process.env);
  if (options === 'help') process.stdout.write(HELP);
  else await run(options, interruption.signal);
} catch (error) {
  if (interruption.signal.aborted) {
    console.error('Interrupted: nothing was moved.');
    process.exitCode = INTERRUPTED_EXIT_CODE;
  } else {
    console.error(errorText(error));
    if (error instanceof UsageError) console.error('See npm run move-database -- --help');
    process.exitCode = error instanceof UsageError ? USAGE_EXIT_CODE : 1;
  }
}
