import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { postgresUrl } from '../../../config/setting-values.js';
import { errorText } from '../../../errors.js';

/** The options on the command line are wrong. */
export class UsageError extends Error {}

export interface MoveOptions {
  /** URL of the ledger to move; undefined means the embedded one of `dataDir`. */
  readonly from: string | undefined;
  /** URL of the target database. */
  readonly to: string;
  /** Absolute path. */
  readonly dataDir: string;
}

export const HELP = `Moves a ledger to another PostgreSQL. It copies all rows of one snapshot in one transaction.

Usage: npm run move-database -- [options]

  --to URL    the target database, which must have no rows: postgres://user:password@host:5432/database
              (default: DATABASE_URL, which keeps the password off the command line)
  --from URL  the ledger to move (default: the embedded ledger in DATA_DIR, which is ./data if it is not set)
  --help      show this text

Stop the service first. The command refuses to run while a service is connected. The old ledger is not changed.
If a move fails or is interrupted, the target database stays empty. Start the command again.

Exit codes: 0 moved. 1 not moved. 2 wrong options. 130 interrupted.
`;

/**
 * Reads the command line.
 *
 * @param environment DATABASE_URL and DATA_DIR are read from it
 * @returns `help` if the command line has `--help`
 * @throws UsageError
 */
export function readMoveOptions(
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
): MoveOptions | 'help' {
  const { from, to = environment['DATABASE_URL']?.trim(), help } = parse(parameters);
  if (help === true) return 'help';
  if (to === undefined || to === '')
    throw new UsageError('The target database is missing. Set --to URL or DATABASE_URL.');
  const dataDir = resolve(environment['DATA_DIR']?.trim() || 'data');
  return { from: from === undefined ? undefined : urlOf('--from', from), to: urlOf('--to', to), dataDir };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      options: { from: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(errorText(error));
  }
}

function urlOf(option: string, text: string): string {
  try {
    return postgresUrl(text.trim());
  } catch (error) {
    throw new UsageError(`${option} ${errorText(error)}`);
  }
}
