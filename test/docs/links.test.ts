// Links and pictures of the guides lead to what is there, headings included.
import { expect, it } from 'vitest';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GUIDES = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'bench/README.md', 'client/README.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const LINK = /\]\(([^)\s]+)\)/g;

const textOf = (path: string) => readFileSync(path, 'utf8').replaceAll(/```.*?```/gs, '');

/** The anchors of a guide's headings, as GitHub makes them. */
function anchorsOf(path: string): string[] {
  return [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(GUIDES)('The links of %s lead somewhere', (guide) => {
  const folder = dirname(join(ROOT, guide));
  const links = [...textOf(join(ROOT, guide)).matchAll(LINK)].map(([, link = '']) => link);
  const lost = links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? join(ROOT, guide) : join(folder, decodeURIComponent(path));
    if (!existsSync(target) || relative(ROOT, target).startsWith('..')) return true;
    return anchor !== undefined && statSync(target).isFile() && !anchorsOf(target).includes(anchor);
  });
  expect(lost).toEqual([]);
});
