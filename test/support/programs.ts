// Programs of others that a test runs where they are installed.
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Where services are, and ordinary users do not look. */
const FURTHER_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/**
 * Where a program is; undefined, and a line that says so, when it is not here.
 *
 * @param debianPackage that has it
 */
export function programOrSkip(name: string, debianPackage = name): string | undefined {
  const path = [...(process.env['PATH'] ?? '').split(':'), ...FURTHER_FOLDERS]
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (path === undefined)
    console.warn(`SKIPPED: there is no ${name} here (Debian's package ${debianPackage} has it)`);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
