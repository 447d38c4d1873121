// Secrets that were wrong in, whether it were too many from one address out.
import { Injectable, Logger } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { isIPv4 } from 'node:net';

const MOST_IN_WINDOW = 60;
const WINDOW_MS = 60_000;
/** Some 3 MB. Who has more addresses than that makes the service begin to count anew, and no more. */
const MOST_ADDRESSES = 20_000;

/** What was wrong. */
export type Login = 'API key' | 'push token';

/**
 * Counts wrong keys and tokens of each address, a minute at a time. Only what is wrong anyway is refused for it: behind one
 * proxy all clients may share an address, and secrets of 256 bits are not guessed. It keeps noise out of the log.
 */
@Injectable()
export class FailedLogins {
  private readonly logger = new Logger('Security');
  private readonly counts = new Map<string, number>();
  /** When the minute began. */
  private since = -Infinity;

  /** How many addresses are remembered now. */
  get size(): number {
    return this.counts.size;
  }

  /**
   * Notes a wrong secret.
   *
   * @param now ms, of a clock that never goes back
   * @returns seconds for which no more of them are wanted; undefined while there were not too many
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

/** Of IPv6 the /64, which one customer has whole; an IPv4 address that comes mapped into IPv6 is IPv4. */
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
