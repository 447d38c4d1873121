import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { Settings } from '../config/settings.js';

/** The networks that may push (PUSH_ALLOW_FROM). */
@Injectable()
export class AllowedNetworks {
  constructor(private readonly settings: Settings) {}

  /**
   * Whether the address may push. An IPv4 address that is mapped into IPv6 (`::ffff:203.0.113.7`) is compared as IPv4.
   */
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
