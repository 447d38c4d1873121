import { once } from 'node:events';
import { errorCode } from '../platform/error-code.js';
import { helpText } from './command-line/help.js';
import { parseOptions } from './command-line/parse-options.js';
import { progressOn } from './reporting/progress.js';
import { RecordingServer } from './recording-server.js';
import { simulate } from './simulation.js';
import { UsageError, type SimulatorOptions } from './simulator-options.js';
import { exitCodeOf, summaryObject, summaryText } from './reporting/summary.js';
import { VendorApiServer } from './vendor-api/vendor-api-server.js';

const USAGE_EXIT_CODE = 2;

/** Reads the options, and prints the help or plays the vendor. */
async function run(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options === 'help') process.stdout.write(helpText());
  else await play(options, interruption());
}

/** Returns a signal that aborts at the first Ctrl-C. A second one ends the process at once, which is the default. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      controller.abort();
    });
  return controller.signal;
}

/** Runs the simulation. If the query API is served, it is served until the signal. */
async function play(options: SimulatorOptions, signal: AbortSignal): Promise<void> {
  const api = await vendorApiOf(options);
  const store =
    options.campaign.recordings === true ? await RecordingServer.listening(options.campaign) : undefined;
  if (api !== undefined) process.stderr.write(`The vendor's query API listens on ${api.url}\n`);
  const result = await simulate(options, progressOn(process.stderr), signal, () => api?.finish(), store?.url);
  process.stdout.write(`${summaryText(result)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(summaryObject(result))}\n`);
  process.exitCode = exitCodeOf(result);
  if (api !== undefined) process.stderr.write(`The vendor's query API listens on ${api.url} until Ctrl-C\n`);
  // After a verification, the ledger has the recordings.
  const mustServe = store !== undefined && !options.verify;
  if (mustServe) process.stderr.write(`The recordings are served on ${store.url} until Ctrl-C\n`);
  if ((api !== undefined || mustServe) && !signal.aborted) await once(signal, 'abort');
  await api?.close();
  await store?.close();
}

async function vendorApiOf({ campaign, vendorApi }: SimulatorOptions): Promise<VendorApiServer | undefined> {
  if (vendorApi === null) return undefined;
  try {
    return await VendorApiServer.listening(campaign, vendorApi);
  } catch (error) {
    throw new UsageError([
      `--serve-api can't listen on port ${vendorApi.port} (${String(errorCode(error))})`,
    ]);
  }
}

try {
  await run();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.problems.join('\n')}\nSee npm run simulate -- --help\n`);
  process.exitCode = USAGE_EXIT_CODE;
}
