// A peer's address in, whether it may push out.
import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { Settings } from '../config/settings.js';

@Injectable()
export class AllowedNetworks {
  constructor(private readonly settings: Settings) {}

  /** An IPv4 address may come mapped into IPv6 (`::ffff:203.0.113.7`); it is compared as IPv4. */
  allow(address: string | undefined): boolean {
    const { pushAllowFrom } = this.settings;
    if (pushAllowFrom === undefined) return true;
    if (address === undefined || !ipaddr.isValid(address)) return false;
    const peer = ipaddr.process(address);
    return pushAllowFrom.some(([network, prefixLength]) => {
      const base = ipaddr.parse(network);
      return base.kind() === peer.kind() && peer.match(base, prefixLength);
    });
  }
}
