// Checks the address that the service will listen on, before anything is created or started.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Settings } from './config/settings.js';
import { errorCode } from '../platform/error-code.js';
import { errorText } from './errors.js';

type Address = Pick<Settings, 'host' | 'port'>;

/** The service can't listen on its address. The message says why, and what to do. */
export class AddressError extends Error {}

/**
 * Listens on the address for a moment, to see whether it is possible.
 *
 * @throws AddressError
 */
export async function tryAddress({ host, port }: Address): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    throw asAddressError(error, { host, port });
  }
  server.close();
  await once(server, 'close');
}

/** @param error from a server that tried to listen */
export function asAddressError(error: unknown, { host, port }: Address): AddressError {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new AddressError(
        `The address is in use: another program listens on ${host}:${port}. End it, or set PORT to a free port.`,
      );
    case 'EADDRNOTAVAIL':
      return new AddressError(
        `HOST ${host} is not an address of this machine. Set HOST to 127.0.0.1 (reachable from this machine only), 0.0.0.0 (all addresses), ` +
          'or another address of this machine.',
      );
    case 'EACCES':
      return new AddressError(`This user may not listen on PORT ${port}. Set PORT to 1024 or above.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new AddressError(`HOST ${host} is not known: no address was found for this name.`);
    default:
      return new AddressError(`It is not possible to listen on ${host}:${port}: ${errorText(error)}`);
  }
}
