import ipaddr from 'ipaddr.js';

/** Which addresses a host may have. `public`: none of a private, local or reserved network. */
export type Reach = 'none' | 'public' | 'any';

type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, prefixLength: number];

/**
 * All public addresses of IPv6 are in 2000::/3. `ipaddr.js` takes others for public, too, such as the IPv4 addresses in ::/96.
 */
const GLOBAL_IPV6 = ipaddr.IPv6.parse('2000::');

const HOST_NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;

/**
 * The hosts to which the service may connect on behalf of others: host names, `*.example.com` for the names below one,
 * addresses, and networks (`10.0.0.0/8`).
 *
 * A name that is listed may have any address. Names below a `*` may only have public addresses. A listed address or
 * network allows only addresses that are written in a URL: otherwise, whoever controls a name could point it there.
 */
export class AllowedHosts {
  private readonly names = new Set<string>();
  private readonly suffixes: string[] = [];
  private readonly networks: Network[] = [];

  /**
   * @param list separated by commas
   * @param others what is allowed for hosts that are not listed
   * @throws Error that names the entry that is none of these
   */
  constructor(
    list: string,
    private readonly others: Exclude<Reach, 'any'>,
  ) {
    for (const entry of list.split(',').map((text) => text.trim().toLowerCase())) {
      if (entry === '') continue;
      const network = networkOf(entry);
      if (network !== undefined) this.networks.push(network);
      else if (entry.startsWith('*.') && HOST_NAME.test(entry.slice(2))) this.suffixes.push(entry.slice(1));
      else if (HOST_NAME.test(entry)) this.names.add(entry);
      else throw new Error(`has "${entry}", which is no host name, *.name, address or network`);
    }
  }

  /** Which addresses the host of a URL may have. */
  reachOf({ hostname }: URL): Reach {
    const address = addressOf(hostname);
    if (address !== undefined) {
      if (this.networks.some((network) => isWithin(address, network))) return 'any';
      return isPublic(address) ? this.others : 'none';
    }
    const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
    if (this.names.has(name)) return 'any';
    return this.suffixes.some((suffix) => name.endsWith(suffix)) ? 'public' : this.others;
  }
}

/** The address that the host of a URL is; undefined for a name. `URL` has brought all notations of IPv4 into one. */
function addressOf(hostname: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const text = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

/**
 * Whether an address is in no private, local, reserved or translated network. An IPv4 address within IPv6 counts as the
 * IPv4 address.
 */
export function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.range() === 'unicast' && (address instanceof ipaddr.IPv4 || address.match(GLOBAL_IPV6, 3));
}

function networkOf(entry: string): Network | undefined {
  if (ipaddr.isValidCIDR(entry)) {
    const [address, prefixLength] = ipaddr.parseCIDR(entry);
    return [address, prefixLength];
  }
  if (!ipaddr.isValid(entry) || ipaddr.IPv4.isValid(entry) !== ipaddr.IPv4.isValidFourPartDecimal(entry))
    return undefined;
  const address = ipaddr.process(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [base, prefixLength]: Network): boolean {
  return base.kind() === address.kind() && address.match(base, prefixLength);
}
