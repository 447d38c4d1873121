import { Injectable, Logger } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { isIPv4 } from 'node:net';

const MOST_IN_WINDOW = 60;
const WINDOW_MS = 60_000;
/** About 3 MB. An attacker with more addresses only makes the service start its counts again. */
const MOST_ADDRESSES = 20_000;

/** The kind of the wrong secret. */
export type Login = 'API key' | 'push token';

/**
 * Counts wrong keys and tokens by address, a minute at a time. Only requests with wrong secrets are refused because of
 * it. All clients behind one proxy may share an address, and secrets of 256 bits cannot be guessed. It keeps the log
 * short.
 */
@Injectable()
export class FailedLogins {
  private readonly logger = new Logger('Security');
  private readonly counts = new Map<string, number>();
  /** When the current minute began. */
  private since = -Infinity;

  /** The number of addresses that are remembered now. */
  get size(): number {
    return this.counts.size;
  }

  /**
   * Counts a wrong secret.
   *
   * @param now ms of a clock that never goes back
   * @returns seconds to wait if there were too many; otherwise undefined
   */
  note(login: Login, address: string | undefined, now = performance.now()): number | undefined {
    if (now - this.since >= WINDOW_MS || this.counts.size >= MOST_ADDRESSES) {
      this.counts.clear();
      this.since = now;
    }
    const peer = networkOf(address);
    const key = `${login} ${peer}`;
    const failures = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, failures);
    if (failures <= MOST_IN_WINDOW) return undefined;
    if (failures === MOST_IN_WINDOW + 1)
      this.logger.warn({ outcome: 'limited', login, address: peer, failures });
    return Math.ceil((this.since + WINDOW_MS - now) / 1000);
  }
}

/**
 * The network that is counted. For IPv6 it is the /64, because one customer usually has a whole /64. An IPv4 address
 * that is mapped into IPv6 counts as IPv4.
 */
function networkOf(address: string | undefined): string {
  if (address === undefined || isIPv4(address)) return address ?? 'unknown';
  if (!ipaddr.isValid(address)) return 'unknown';
  const peer = ipaddr.process(address);
  if (peer instanceof ipaddr.IPv4) return peer.toString();
  return `${peer.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
