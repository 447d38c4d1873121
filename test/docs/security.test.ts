// docs/security.md names tests: they are there.
import { describe, expect, it } from 'vitest';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const guide = readFileSync(new URL('docs/security.md', root), 'utf8');
const files = [...new Set([...guide.matchAll(/`((?:test|src)\/[\w/.-]+)`/g)].map(([, file = '']) => file))];
const titles = [...guide.matchAll(/`(test\/[\w/.-]+)` \("([^"]+)"\)/g)].map(([, file = '', title = '']) => ({
  file,
  title,
}));

describe('The guide to security', () => {
  it.each(files)('names %s, which is there', (file) => {
    expect(existsSync(new URL(file, root))).toBe(true);
  });

  it.each(titles)('names "$title" of $file, which is in it', ({ file, title }) => {
    expect(readFileSync(new URL(file, root), 'utf8')).toContain(title);
  });

  it('names every test of security', () => {
    const tests = readdirSync(new URL('test/security', root), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => `test/security/${file}`);
    expect(files).toEqual(expect.arrayContaining(tests));
  });
});
