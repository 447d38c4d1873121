// Reads the texts of single settings. Each function throws an Error that says what it expected; the setting's name
// goes before it.
import ipaddr from 'ipaddr.js';
import { isTimeZone, TIME_ZONE_RULE } from '../time/time-zone.js';
import type { Distribution, Network, PushToken } from './settings.js';

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };
const SOURCE_NAME = /^[A-Za-z0-9._-]{1,64}$/;
const TOKEN = /^[\x21-\x2b\x2d-\x7e]+$/;
const SHORTEST_TOKEN = 16;
const SHORTEST_API_KEY = 32;
const LONGEST_RETENTION_DAYS = 36_500;
const PROXY_NAMES = new Set(['loopback', 'linklocal', 'uniquelocal']);

export function integer(text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw new Error(`must be a whole number from ${least} to ${most}`);
  }
  return value;
}

/** Reads a size such as `32mb`, `512kb`, `1gb` or a plain number of bytes. Returns bytes. */
export function byteSize(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit.toLowerCase()];
  const size = Math.floor(Number(digits) * (factor ?? NaN));
  if (!(size >= 1 && Number.isSafeInteger(size)))
    throw new Error('must be a size such as 512kb, 32mb or 1gb');
  return size;
}

const DURATION_UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads a duration such as `90s`, `30m`, `1h` or `1d`.
 *
 * @param least milliseconds
 * @param most milliseconds
 * @param range says the limits in words
 * @returns milliseconds
 */
export function duration(text: string, least: number, most: number, range: string): number {
  const [, digits, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(digits) * (DURATION_UNITS_MS[unit] ?? NaN);
  if (!(ms >= least && ms <= most))
    throw new Error(`must be a duration ${range}, such as 90s, 30m, 1h or 1d`);
  return ms;
}

export function oneOf<T extends string>(text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw new Error(`must be one of ${allowed.join(', ')}`);
  return found;
}

/** @returns undefined for `off` */
export function distributionOf(text: string): Distribution | undefined {
  return oneOf(text, ['off', 'citus']) === 'citus' ? 'citus' : undefined;
}

export function timeZone(text: string): string {
  if (!isTimeZone(text)) throw new Error(TIME_ZONE_RULE);
  return text;
}

export function postgresUrl(text: string): string {
  const problem = 'must be a URL such as postgres://user:password@host:5432/database';
  if (!URL.canParse(text)) throw new Error(problem);
  const { protocol, hostname, searchParams } = new URL(text);
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') throw new Error(problem);
  if (hostname === '' && !searchParams.has('host')) throw new Error(problem);
  return text;
}

/** @param primaryUrl undefined for the embedded database, which has no replica */
export function replicaUrl(text: string, primaryUrl: string | undefined): string {
  const url = postgresUrl(text);
  if (primaryUrl === undefined) throw new Error('needs DATABASE_URL: the embedded database has no replica');
  if (url === primaryUrl) throw new Error('must not be the same as DATABASE_URL');
  return url;
}

/**
 * Reads the URL of an API. The errors never contain the URL: somebody may have put a key into it.
 *
 * @param example of such a URL
 */
export function endpointUrl(text: string, example: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new Error(`must be a URL such as ${example}`);
  if (`${url.username}${url.password}${url.search}${url.hash}` !== '')
    throw new Error('must be a URL without user name, password, query and fragment');
  return url.href;
}

/** Reads `s3://bucket/prefix`. The prefix that is returned is empty or ends with a slash. */
export function s3Place(text: string): { bucket: string; prefix: string } {
  const [, bucket, path = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w.!*'()/-]*))?$/.exec(text) ?? [];
  const parts = path.split('/').filter((part) => part !== '');
  if (bucket === undefined || parts.some((part) => part === '.' || part === '..'))
    throw new Error('must be a folder, s3://bucket/prefix, or off');
  return { bucket, prefix: parts.map((part) => `${part}/`).join('') };
}

/** Days; 0: for ever. */
export function retentionDays(text: string): number {
  return integer(text, 0, LONGEST_RETENTION_DAYS);
}

/** Reads a part of an access key. It becomes part of a header. The errors never contain it. */
export function accessKeyPart(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error('must be printable ASCII characters without spaces');
  return text;
}

/** Whether requests to a URL leave this machine unencrypted. */
export function isUnprotected(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === 'http:' && !isLoopback;
}

/** Reads a URL over which people sign in. On this machine, it may be http. */
export function personalUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new Error('must be a URL such as https://ledger.example.com');
  if (`${url.username}${url.password}${url.search}${url.hash}` !== '')
    throw new Error('must be a URL without user name, password, query and fragment');
  if (isUnprotected(url.href))
    throw new Error('must be an https URL: http is only allowed for localhost and loopback addresses');
  return text;
}

/** Reads the secret of a client of an identity provider. The errors never contain it. */
export function clientSecret(text: string): string {
  if (!/^[\x20-\x7e]+$/.test(text)) throw new Error('must be printable ASCII characters');
  return text;
}

/** Reads `managers=calls:read,stats:read;admins=*`: the scopes of people, by what they belong to. */
export function roleScopes(text: string): ReadonlyMap<string, readonly string[]> {
  if (text === '') return new Map();
  const roles = new Map<string, readonly string[]>();
  for (const [index, entry] of text.split(';').entries()) {
    // A role may contain an equals sign, as names of directories do. Scopes contain none.
    const separator = entry.lastIndexOf('=');
    const role = entry.slice(0, separator).trim();
    const scopes = entry
      .slice(separator + 1)
      .split(',')
      .map((scope) => scope.trim());
    if (separator < 0 || role === '' || scopes.some((scope) => !/^(\*|[a-z]+:[a-z]+)$/.test(scope)))
      throw new Error(
        `entry ${index + 1} must be role=scope,scope or role=*, such as managers=calls:read,stats:read;admins=*`,
      );
    roles.set(role, [...(roles.get(role) ?? []), ...scopes]);
  }
  return roles;
}

/** Reads `name=token,name=token`. A name may occur several times. The errors never contain a token. */
export function pushTokens(text: string): PushToken[] {
  const entries = text.split(',').map((entry) => entry.trim());
  const tokens = entries.map((entry, index) => pushToken(entry, index));
  const sources = new Map<string, string>();
  for (const { source, token } of tokens) {
    if ((sources.get(token) ?? source) !== source) {
      throw new Error(`gives the same token to ${sources.get(token) ?? ''} and ${source}`);
    }
    sources.set(token, source);
  }
  return tokens;
}

export function adminApiKey(text: string): string {
  if (text.length < SHORTEST_API_KEY || !/^[\x21-\x7e]+$/.test(text)) {
    throw new Error(`must have at least ${SHORTEST_API_KEY} printable ASCII characters without spaces`);
  }
  return text;
}

function pushToken(entry: string, index: number): PushToken {
  const separator = entry.indexOf('=');
  const source = entry.slice(0, separator);
  const token = entry.slice(separator + 1);
  if (separator < 0 || !SOURCE_NAME.test(source)) {
    throw new Error(
      `entry ${index + 1} must be name=token with a name of letters, digits, dots, dashes or underscores (at most 64)`,
    );
  }
  if (token.length < SHORTEST_TOKEN || !TOKEN.test(token)) {
    throw new Error(
      `the token of ${source} (entry ${index + 1}) must have at least ${SHORTEST_TOKEN} printable ASCII characters`,
    );
  }
  return { source, token };
}

/** Reads a comma-separated list of networks or single addresses, IPv4 or IPv6. */
export function networks(text: string): Network[] {
  return text.split(',').map((part) => network(part.trim()));
}

function network(text: string): Network {
  if (ipaddr.isValidCIDR(text)) {
    const [address, prefixLength] = ipaddr.parseCIDR(text);
    // Addresses of peers that are IPv4 mapped into IPv6 are compared as IPv4.
    if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && prefixLength >= 96) {
      return [address.toIPv4Address().toString(), prefixLength - 96];
    }
    return [address.toString(), prefixLength];
  }
  if (ipaddr.isValid(text)) {
    const address = ipaddr.process(text);
    return [address.toString(), address.kind() === 'ipv4' ? 32 : 128];
  }
  throw new Error(`${JSON.stringify(text)} is neither an address nor a network such as 203.0.113.0/24`);
}

/**
 * Reads a value for Express's `trust proxy`: `off`, a number of hops, or a list of names and networks. With `on`,
 * every peer counts as a proxy.
 */
export function trustProxy(text: string): boolean | number | string[] {
  if (text === 'off' || text === 'false') return false;
  if (text === 'on' || text === 'true') return true;
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const parts = text.split(',').map((part) => part.trim());
  for (const part of parts) if (!PROXY_NAMES.has(part)) network(part);
  return parts;
}
