// Secrets in the database and in cookies: only the settings open them.
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config/read-settings.js';
import { Sealing } from '../../src/security/sealing.js';

const SECRET = 'refresh-token';

function sealing(environment: Record<string, string> = {}): Sealing {
  const variables = {
    DATABASE_URL: 'postgres://nobody@127.0.0.1/none',
    PUSH_TOKENS: 'vendor=0123456789abcdef',
    ADMIN_API_KEY: 'k'.repeat(32),
    ...environment,
  };
  return new Sealing(readSettings(variables, false));
}

describe('A sealed secret', () => {
  const sealed = sealing().sealed('tokens', SECRET);

  it('is opened by every process with the same settings', () => {
    expect(sealing().opened('tokens', sealed)).toBe(SECRET);
    expect(sealed.includes(SECRET)).toBe(false);
  });

  it('is sealed by a key that its fingerprint identifies', () => {
    expect(sealing().fingerprint()).toEqual(sealing().fingerprint());
    expect(sealing({ SEALING_KEY: 's'.repeat(32) }).fingerprint()).not.toEqual(sealing().fingerprint());
  });

  it('is another text each time', () => {
    expect(sealing().sealed('tokens', SECRET)).not.toEqual(sealed);
  });

  it('is not opened with another key, for another use, changed, or cut off', () => {
    const changed = Buffer.from(sealed);
    changed[15] = (changed[15] ?? 0) ^ 1;
    expect(sealing({ ADMIN_API_KEY: 'x'.repeat(32) }).opened('tokens', sealed)).toBeUndefined();
    expect(sealing({ SEALING_KEY: 's'.repeat(32) }).opened('tokens', sealed)).toBeUndefined();
    expect(sealing().opened('cookies', sealed)).toBeUndefined();
    for (const broken of [changed, sealed.subarray(0, 20), sealed.subarray(0, -1), Buffer.alloc(0)])
      expect(sealing().opened('tokens', broken)).toBeUndefined();
  });

  it('outlives a new ADMIN_API_KEY where SEALING_KEY is set', () => {
    const own = { SEALING_KEY: 's'.repeat(32) };
    const kept = sealing(own).sealed('tokens', SECRET);
    expect(sealing({ ...own, ADMIN_API_KEY: 'x'.repeat(32) }).opened('tokens', kept)).toBe(SECRET);
  });
});
