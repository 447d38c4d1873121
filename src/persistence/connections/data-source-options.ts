import type { Client } from 'pg';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { entities } from '../schema/entities/entities.js';
import { migrations } from '../schema/migrations/migrations.js';
import { CONNECT_TIME_OUT_MS, prepareSession } from './session.js';
import { StatementSubscriber } from './statement-subscriber.js';

const APPLICATION_NAME = 'call-ledger';
/**
 * With it, the loss of a server that disappears silently is noticed within a minute, not after the kernel's two hours.
 */
const KEEP_ALIVE_AFTER_MS = 10_000;

/** Options of every connection, to the primary and to the replica. */
export const SESSION_OPTIONS = {
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
};

/**
 * Options of the pool's connections. They send statements without waiting for the answers to earlier ones (`pipeline`),
 * where these are not awaited.
 */
export function poolOptions(onConnect: (client: Client) => Promise<void>) {
  return { ...SESSION_OPTIONS, pipeline: true, onConnect };
}

/**
 * TypeORM's options for the ledger's database. Only migrations change the schema.
 *
 * @param url of the database; undefined while the embedded server has not been started
 * @param poolSize the most connections
 * @param onConnectionLost is called when a connection breaks while nothing uses it
 */
export function dataSourceOptions(
  url: string | undefined,
  poolSize: number,
  onConnectionLost: (error: Error) => void,
): PostgresDataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities,
    migrations,
    subscribers: [StatementSubscriber],
    synchronize: false,
    poolSize,
    applicationName: APPLICATION_NAME,
    connectTimeoutMS: CONNECT_TIME_OUT_MS,
    poolErrorHandler: onConnectionLost,
    extra: poolOptions(prepareSession),
  };
}
