// Signs requests to the vendor's API (ACS3-HMAC-SHA256, "V3 request structure and signature" in the vendor's SDK guide).
import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { VendorAccess } from '../config/settings.js';

const ALGORITHM = 'ACS3-HMAC-SHA256';
const METHOD = 'POST';

/** One operation of the vendor, with its parameters. */
export interface Operation {
  /** Name of the operation, such as `QueryAiCallTaskPage`. */
  readonly action: string;
  /** Version of the product's API, such as `2019-10-15`. */
  readonly version: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A request that is ready to be sent. It has no body. */
export interface SignedRequest {
  readonly method: typeof METHOD;
  readonly url: string;
  /** Without `host`, which the HTTP client derives from the URL. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What differs between two requests for the same operation. */
interface Moment {
  readonly at: Date;
  readonly nonce: string;
}

/** Signs an operation. All parameters are in the query. */
export function signed(
  { action, version, parameters }: Operation,
  access: VendorAccess,
  { at, nonce }: Moment = { at: new Date(), nonce: randomUUID() },
): SignedRequest {
  const { host, pathname, origin } = new URL(access.endpoint);
  const { accessKeyId, accessKeySecret, securityToken } = access;
  const bodyHash = sha256('');
  const headers: Record<string, string> = {
    'x-acs-action': action,
    'x-acs-version': version,
    'x-acs-date': `${at.toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': bodyHash,
    ...(securityToken === undefined
      ? {}
      : { 'x-acs-accesskey-id': accessKeyId, 'x-acs-security-token': securityToken }),
  };
  const query = sortedByName(parameters).map(pairText).join('&');
  const signedHeaders = sortedByName({ host, ...headers });
  const names = signedHeaders.map(([name]) => name).join(';');
  const lines = signedHeaders.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = [METHOD, pathname, query, lines, names, bodyHash].join('\n');
  const signature = createHmac('sha256', accessKeySecret)
    .update(`${ALGORITHM}\n${sha256(canonical)}`)
    .digest('hex');
  return {
    method: METHOD,
    url: `${origin}${pathname}?${query}`,
    headers: {
      ...headers,
      accept: 'application/json',
      authorization: `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${names},Signature=${signature}`,
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Sorts by UTF-16 units. All names are ASCII. */
function sortedByName(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
}

function pairText([name, value]: readonly [string, string]): string {
  return `${encoded(name)}=${encoded(value)}`;
}

/** Percent-encodes as RFC 3986 says. `encodeURIComponent` leaves five more characters as they are. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
