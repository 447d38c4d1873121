import { clientSecret, integer, personalUrl, roleScopes } from './setting-values.js';
import type { SettingReader } from './setting-reader.js';
import type { SignInSettings } from './settings.js';

const HOUR_MS = 3_600_000;
const LONGEST_SESSION_HOURS = 720;

/** Reads how people sign in. @returns undefined when they can't */
export function readSignIn(reader: SettingReader): SignInSettings | undefined {
  const issuer = reader.read('OIDC_ISSUER', undefined, personalUrl);
  const clientId = reader.text('OIDC_CLIENT_ID');
  const secret = reader.read('OIDC_CLIENT_SECRET', undefined, clientSecret);
  const publicUrl = reader.read('PUBLIC_URL', undefined, personalUrl);
  const rolesClaim = reader.text('OIDC_ROLES_CLAIM') ?? 'groups';
  const roles = reader.read('OIDC_ROLES', '', roleScopes);
  const hours = reader.read('SESSION_HOURS', '12', (text) => integer(text, 1, LONGEST_SESSION_HOURS)) ?? 1;
  const scopes = reader.text('OIDC_SCOPES');
  const prompt = reader.text('OIDC_PROMPT');
  const needed = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'PUBLIC_URL'];
  const given = needed.filter((name) => reader.text(name) !== undefined);
  // PUBLIC_URL alone says only where the service is.
  if (given.every((name) => name === 'PUBLIC_URL')) return undefined;
  for (const missing of needed.filter((name) => !given.includes(name)))
    reader.problems.push(`${missing} is required with ${given.join(', ')}`);
  if (issuer === undefined || clientId === undefined || secret === undefined) return undefined;
  if (publicUrl === undefined || roles === undefined) return undefined;
  const sessionMs = hours * HOUR_MS;
  return {
    issuer,
    clientId,
    clientSecret: secret,
    publicUrl: publicUrl.replace(/\/+$/, ''),
    ...{ rolesClaim, roles },
    ...{ sessionMs, scopes, prompt },
  };
}
