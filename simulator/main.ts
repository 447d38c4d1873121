import { helpText } from './command-line/help.js';
import { parseOptions } from './command-line/parse-options.js';
import { progressOn } from './reporting/progress.js';
import { simulate } from './simulation.js';
import { UsageError, type SimulatorOptions } from './simulator-options.js';
import { exitCodeOf, summaryObject, summaryText } from './reporting/summary.js';

const USAGE_EXIT_CODE = 2;

/** Reads the options. Returns undefined after printing the help, or the problems with the options. */
function readOptions(): SimulatorOptions | undefined {
  try {
    const options = parseOptions(process.argv.slice(2), process.env);
    if (options !== 'help') return options;
    process.stdout.write(helpText());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.problems.join('\n')}\nSee npm run simulate -- --help\n`);
    process.exitCode = USAGE_EXIT_CODE;
  }
  return undefined;
}

const options = readOptions();
if (options !== undefined) {
  const interruption = new AbortController();
  // A second Ctrl-C ends the process at once, which is the default.
  process.once('SIGINT', () => {
    interruption.abort();
  });
  process.once('SIGTERM', () => {
    interruption.abort();
  });
  const result = await simulate(options, progressOn(process.stderr), interruption.signal);
  process.stdout.write(`${summaryText(result)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(summaryObject(result))}\n`);
  process.exitCode = exitCodeOf(result);
}
