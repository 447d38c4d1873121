import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Copies what is built of folders of the project, with a link to the packages. Node.js can run them from there. Whatever
 * else of the project they import is missing there.
 *
 * @param folders names of folders in the project's own folder
 */
export function copyBuilt(target: string, folders: readonly string[]): void {
  for (const folder of folders) cpSync(join(ROOT, 'dist', folder), join(target, folder), { recursive: true });
  writeFileSync(join(target, 'package.json'), '{"type":"module"}');
  symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'));
}
