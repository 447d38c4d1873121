// docs/decisions.md is the index of all decisions.
import { expect, it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';

const docs = new URL('../../docs/', import.meta.url);
const index = readFileSync(new URL('decisions.md', docs), 'utf8');
const topics = readdirSync(new URL('decisions', docs));

it.each(topics)('The index names every decision of %s, in its order', (topic) => {
  const entries = [...readFileSync(new URL(`decisions/${topic}`, docs), 'utf8').matchAll(/^## (.+)$/gm)];
  const links = [...index.matchAll(/^- \[(.+)\]\((.+?)#/gm)].filter(
    ([, , file]) => file === `decisions/${topic}`,
  );
  expect(entries).not.toEqual([]);
  expect(links.map(([, title]) => title)).toEqual(entries.map(([, title]) => title));
});
