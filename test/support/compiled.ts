import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transformSync } from '@swc/core';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Compiles folders of the project into another folder, with a link to the packages. Node.js can run them from there.
 * Whatever else of the project they import is missing there.
 *
 * @param folders names of folders in the project's own folder
 */
export function compileInto(target: string, folders: readonly string[]): void {
  for (const folder of folders) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const { code } = transformSync(readFileSync(join(ROOT, folder, name), 'utf8'), {
        swcrc: false,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
      });
      const compiled = join(target, folder, name.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(compiled), { recursive: true, mode: 0o755 });
      writeFileSync(compiled, code);
    }
  }
  writeFileSync(join(target, 'package.json'), '{"type":"module"}');
  symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'));
}
