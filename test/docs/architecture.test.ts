import 'reflect-metadata';
// docs/architecture.md says which module writes which table: no statement of the service writes another one.
import { expect, it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { TABLE_PRIVILEGES } from '../../src/persistence/schema/entities/entities.js';

const root = new URL('../../', import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8');
const WRITE = /\b(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)/g;

/** Each table with the folders that are said to write it. */
function writersByTable(): Map<string, string[]> {
  const [, section = ''] = textOf('docs/architecture.md').split('### Who writes which table');
  const writers = new Map<string, string[]>();
  let tables: string[] = [];
  for (const [, first = '', folder = ''] of section.matchAll(/^\| +(.*?) +\| `([\w/-]+)` +\|/gm)) {
    if (first !== '') tables = [...first.matchAll(/`(\w+)`/g)].map(([, table = '']) => table);
    for (const table of tables) writers.set(table, [...(writers.get(table) ?? []), folder]);
  }
  return writers;
}

it('Each statement that writes a table is in a module that is said to write it', () => {
  const writers = writersByTable();
  const tables = [...TABLE_PRIVILEGES.keys()];
  expect([...writers.keys()].sort()).toEqual(tables.sort());
  const files = readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' });
  const sources = files.filter(
    (file) => file.endsWith('.ts') && !file.startsWith('persistence/schema/migrations/'),
  );
  const writes = sources.flatMap((file) =>
    [...textOf(`src/${file}`).matchAll(WRITE)].map(([, table = '']) => ({ file, table })),
  );
  const ofTables = writes.filter(({ table }) => tables.includes(table));
  expect(ofTables.length).toBeGreaterThan(30);
  const unnamed = ofTables.filter(
    ({ file, table }) => !(writers.get(table) ?? []).some((folder) => file.startsWith(`${folder}/`)),
  );
  expect(unnamed).toEqual([]);
});
