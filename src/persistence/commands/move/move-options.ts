// The command line in, what is to be moved where out.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { postgresUrl } from '../../../config/setting-values.js';
import { errorText } from '../../../errors.js';

/** The command line can't be understood. */
export class UsageError extends Error {}

export interface MoveOptions {
  /** URL of the ledger to move; undefined: the embedded one of `dataDir`. */
  readonly from: string | undefined;
  /** URL of the database that takes it. */
  readonly to: string;
  /** Absolute path. */
  readonly dataDir: string;
}

export const HELP = `Moves a ledger to another PostgreSQL: all rows of one moment, in one transaction there.

Usage: npm run move-database -- [options]

  --to URL    where to: postgres://user:password@host:5432/database, a database that is empty, or only migrated
              (default: DATABASE_URL, so that the password need not stand on the command line)
  --from URL  the ledger to move (default: the embedded one of DATA_DIR, ./data)
  --help

Stop the service first: while it runs on the ledger, nothing is moved. The ledger stays as it is where it was.
A move that fails or is interrupted leaves the other database empty; start it again.

Exit codes: 0 moved. 1 not moved. 2 wrong options. 130 interrupted.
`;

/**
 * @param parameters of the command line
 * @param environment DATABASE_URL and DATA_DIR are read
 * @returns `help` when that is asked for
 * @throws UsageError
 */
export function readMoveOptions(
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
): MoveOptions | 'help' {
  const { from, to = environment['DATABASE_URL']?.trim(), help } = parse(parameters);
  if (help === true) return 'help';
  if (to === undefined || to === '') throw new UsageError('Where to? --to URL, or DATABASE_URL');
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
