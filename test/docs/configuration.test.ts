// docs/configuration.md describes every setting that the service reads, and no other one.
import { expect, it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const namesIn = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].sort();

it('The guide to the configuration describes every setting and no other one', () => {
  // OpenTelemetry's own settings are in docs/configuration.md by the name of their group, and one of Node.js's is.
  const ownName = (name: string) => !name.startsWith('OTEL_') && name !== 'NODE_OPTIONS';
  const config = readdirSync(new URL('../../src/config', import.meta.url));
  const sources = config.map((name) => textOf(`src/config/${name}`)).join('\n');
  const read = namesIn(sources, /reader\.(?:read|text)\(\s*'(\w+)'/g).filter(ownName);
  const firstCells = [...textOf('docs/configuration.md').matchAll(/^\| (`.*?) +\|/gm)].map(
    ([, cell = '']) => cell,
  );
  const described = namesIn(firstCells.join('\n'), /`([A-Z0-9_]+)`/g).filter(ownName);
  expect(read.length).toBeGreaterThan(20);
  expect(described).toEqual(read);
});
