// The file that a loss of power, a full disk or a person has lost or broken does not lock the ledger in.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Credentials, credentialsFile, loadCredentials } from '../../src/config/credentials.js';
import { readSettings } from '../../src/config/read-settings.js';

let dataDir: string;
let first: Credentials;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'call-ledger-credentials-'));
  const { renewal, ...credentials } = loadCredentials(dataDir);
  expect(renewal).toBeUndefined();
  first = credentials;
  // The ledger, as far as this is about.
  mkdirSync(join(dataDir, 'postgres'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const text = () => readFileSync(credentialsFile(dataDir), 'utf8');
const broken = () => readdirSync(dataDir).filter((name) => name.includes('broken'));

/** Loads what is left, and again: the second time finds a whole file. */
function loaded() {
  const { renewal, ...credentials } = loadCredentials(dataDir);
  expect(loadCredentials(dataDir)).toEqual({ ...credentials, renewal: undefined });
  expect(JSON.parse(text())).toMatchObject(credentials);
  expect(statSync(credentialsFile(dataDir)).mode & 0o777).toBe(0o600);
  return { renewal, credentials };
}

describe('The generated credentials', () => {
  it.each([
    ['is missing', undefined, /was missing\.$/, 0],
    ['is empty', '', /was empty\.$/, 0],
    ['holds nothing but blanks', ' \n', /was empty\.$/, 0],
    ['holds the zeros that some file systems leave', '\0'.repeat(200), /read completely; it is kept as /, 1],
    ['holds no JSON', 'half a secret', /read completely; it is kept as /, 1],
    ['holds JSON of another kind', '[1]', /read completely; it is kept as /, 1],
  ])('are made anew when their file %s', (_, content, reason, kept) => {
    if (content === undefined) rmSync(credentialsFile(dataDir));
    else writeFileSync(credentialsFile(dataDir), content);
    const { renewal, credentials } = loaded();
    expect(renewal).toEqual({
      reason: expect.stringMatching(reason),
      renewed: ['pushTokens', 'adminApiKey', 'databasePassword'],
    });
    for (const name of ['pushTokens', 'adminApiKey', 'databasePassword'] as const)
      expect(credentials[name]).not.toBe(first[name]);
    expect(broken().map((name) => readFileSync(join(dataDir, name), 'utf8'))).toEqual(kept ? [content] : []);
  });

  it('stay as they are as far as a torn file holds them: the vendor needs no new token then', () => {
    const whole = text();
    const torn = whole.slice(0, whole.indexOf(first.adminApiKey) + 5);
    writeFileSync(credentialsFile(dataDir), torn);
    const { renewal, credentials } = loaded();
    expect(renewal?.renewed).toEqual(['adminApiKey', 'databasePassword']);
    expect(credentials.pushTokens).toBe(first.pushTokens);
    expect(credentials.adminApiKey).not.toBe(first.adminApiKey);
    expect(renewal?.reason).not.toContain(first.pushTokens);
  });

  it('all stay when somebody has only spoilt the JSON, or removed what is not needed', () => {
    writeFileSync(credentialsFile(dataDir), text().replace('}', ',}'));
    expect(loaded()).toEqual({ renewal: expect.objectContaining({ renewed: [] }), credentials: first });
  });

  it('are not taken from a broken file where they could not be used', () => {
    writeFileSync(credentialsFile(dataDir), '{"pushTokens": "vendor=short", "adminApiKey": "short",');
    expect(loaded().renewal?.renewed).toEqual(['pushTokens', 'adminApiKey', 'databasePassword']);
  });

  it('of a whole file that a person has changed wrongly are not replaced: that is said', () => {
    writeFileSync(credentialsFile(dataDir), JSON.stringify({ ...first, pushTokens: 'vendor=short' }));
    expect(() => readSettings({ DATA_DIR: dataDir }, false)).toThrow(/at least 16/);
    expect(broken()).toEqual([]);
  });

  it('are told of without any secret, as far as they are in use', () => {
    writeFileSync(credentialsFile(dataDir), '');
    const told = readSettings({ DATA_DIR: dataDir }, false);
    expect(told.credentialsNotice).toMatch(
      /was empty\. A new push token was made\..* A new API key was made/,
    );
    expect(told.credentialsNotice).not.toContain(told.adminApiKey);
    rmSync(credentialsFile(dataDir));
    const own = { PUSH_TOKENS: 'vendor=0123456789abcdef', ADMIN_API_KEY: 'k'.repeat(32) };
    expect(readSettings({ DATA_DIR: dataDir, ...own }, false).credentialsNotice).toMatch(/was missing\.$/);
  });
});
