// Where the service is to listen, looked at before anything is made or started.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Settings } from './config/settings.js';
import { errorCode } from '../platform/error-code.js';
import { errorText } from './errors.js';

type Address = Pick<Settings, 'host' | 'port'>;

/** Nobody can listen there; says what to do about it. */
export class AddressError extends Error {}

/**
 * Listens there for a moment.
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

/** @param error of a server that was to listen */
export function asAddressError(error: unknown, { host, port }: Address): AddressError {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new AddressError(
        `The address is in use: another program listens on ${host}:${port}. End it, or set PORT to a free port.`,
      );
    case 'EADDRNOTAVAIL':
      return new AddressError(
        `HOST ${host} is no address of this machine. Set HOST to 127.0.0.1 (for this machine only), 0.0.0.0 (for all that reach it), or ` +
          'another address of its own.',
      );
    case 'EACCES':
      return new AddressError(`This user may not listen on PORT ${port}. Set PORT to one of 1024 and above.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new AddressError(`HOST ${host} is not known: no address was found for this name.`);
    default:
      return new AddressError(`It is not possible to listen on ${host}:${port}: ${errorText(error)}`);
  }
}
