import type { AllowedHosts } from '../outbound/allowed-hosts.js';

/** The URL of a webhook is none to which the service may send. The message says why, and begins with a verb. */
export class TargetError extends Error {}

/**
 * Reads the URL of a webhook, and checks what can be checked without a connection. The addresses of a host name are
 * checked with each request.
 *
 * @param hosts those of the settings, with public ones as the others
 * @throws TargetError
 */
export function targetOf(text: string, hosts: AllowedHosts): URL {
  if (!URL.canParse(text)) throw new TargetError('must be a URL such as https://crm.example.com/calls');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TargetError('must begin with https://');
  if (url.username !== '' || url.password !== '')
    throw new TargetError('must have no user name and no password');
  const reach = hosts.reachOf(url);
  if (reach === 'none')
    throw new TargetError(
      `has the address ${url.hostname}, which is not public and not in WEBHOOK_ALLOW_HOSTS`,
    );
  if (url.protocol === 'http:' && reach !== 'any')
    throw new TargetError('must begin with https://, because its host is not in WEBHOOK_ALLOW_HOSTS');
  url.hash = '';
  return url;
}
