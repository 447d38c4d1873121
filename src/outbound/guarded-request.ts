// Requests to addresses that somebody else chose, such as the URL of a recording. They reach only what the settings
// allow: the address that is checked is the one that is connected to.
import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import ipaddr from 'ipaddr.js';
import { type AllowedHosts, isPublic, type Reach } from './allowed-hosts.js';

/** The request was not sent, because the settings do not allow its target. */
export class NotAllowedError extends Error {}

/** A request and its limits. */
export interface GuardedRequest extends Pick<RequestOptions, 'method' | 'headers'> {
  readonly body?: Buffer;
  /** Ends the request, also while its answer is being read. */
  readonly signal: AbortSignal;
  /** Milliseconds without any byte, after which the request fails. */
  readonly idleMs: number;
}

/**
 * Sends a request. It follows no redirect.
 *
 * @returns the answer, whose body must be read or destroyed
 * @throws NotAllowedError, or the error of the connection
 */
export async function guardedRequest(
  url: URL,
  hosts: AllowedHosts,
  { body, idleMs, ...options }: GuardedRequest,
): Promise<IncomingMessage> {
  const reach = checkedReach(url, hosts);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      ...options,
      // A connection of an earlier request may lead to an address that was allowed then.
      agent: false,
      timeout: idleMs,
      lookup: (hostname, wanted, callback) => {
        lookUp(hostname, wanted, reach).then(
          (addresses) => {
            const [first] = addresses;
            if (wanted.all === true || first === undefined) callback(null, addresses);
            else callback(null, first.address, first.family);
          },
          (error: unknown) => {
            callback(error instanceof Error ? error : new Error(String(error)), []);
          },
        );
      },
    });
    let answer: IncomingMessage | undefined;
    request.once('timeout', () => (answer ?? request).destroy(new Error(`nothing came for ${idleMs} ms`)));
    request.once('error', reject);
    request.once('response', (response) => {
      answer = response;
      resolve(response);
    });
    request.end(body);
  });
}

/** @throws NotAllowedError */
function checkedReach(url: URL, hosts: AllowedHosts): Reach {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new NotAllowedError(`The URL begins with ${url.protocol}, not with http: or https:`);
  const reach = hosts.reachOf(url);
  if (reach === 'none') throw new NotAllowedError(`The host ${url.hostname} is not allowed`);
  return reach;
}

/** @throws NotAllowedError when an address of the host is not allowed */
async function lookUp(hostname: string, options: LookupOptions, reach: Reach): Promise<LookupAddress[]> {
  const addresses = await lookup(hostname, { ...options, all: true });
  const refused = reach === 'any' ? undefined : addresses.find(({ address }) => !isPublicText(address));
  // One private address among public ones is a sign of an attack. So the whole host is refused.
  if (refused !== undefined)
    throw new NotAllowedError(`The host ${hostname} has an address that is not public`);
  return addresses;
}

function isPublicText(address: string): boolean {
  return ipaddr.isValid(address) && isPublic(ipaddr.process(address));
}
