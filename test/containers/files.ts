// What docker/ holds, parsed.
import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const ROOT = new URL('../../', import.meta.url);

export const textOf = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** Every document of a YAML file. @throws Error with the line of what is no YAML, keys that stand twice included */
export function documentsOf(path: string): unknown[] {
  return parseAllDocuments(textOf(path), { merge: true }).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${path}: ${error.message}`);
    return document.toJS() as unknown;
  });
}

/** Names of settings that the service reads. */
export function knownSettings(): ReadonlySet<string> {
  const sources = readdirSync(new URL('src/config', ROOT)).map((file) => textOf(`src/config/${file}`));
  const names = sources.flatMap((source) => [...source.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)'/g)]);
  return new Set(names.map(([, name = '']) => name));
}

/** Paths of the service's own description of its health. */
export const HEALTH_PATHS = [...textOf('src/health/health.controller.ts').matchAll(/@Get\('(\w+)'\)/g)].map(
  ([, name = '']) => `/health/${name}`,
);
