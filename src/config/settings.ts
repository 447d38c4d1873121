import type { LogLevel } from '@nestjs/common';

/** A source of pushes and one of its tokens. A source may hold several at once (rotation). */
export interface PushToken {
  readonly source: string;
  readonly token: string;
}

/** A network in CIDR form, as `ipaddr.js` compares it: an address and the length of its prefix in bits. */
export type Network = readonly [address: string, prefixLength: number];

/** How spans are sent. */
export type TracingProtocol = 'http/protobuf' | 'http/json';

/** By what the calls are spread over several database servers. */
export type Distribution = 'citus';

export type LogFormat = 'pretty' | 'json';

/**
 * Every setting of the service, read and checked once at start by `readSettings` and injected from then on.
 * Sizes are bytes, times milliseconds unless the name says days or seconds.
 */
export class Settings {
  readonly host!: string;
  readonly port!: number;
  /** Undefined: an embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl!: string | undefined;
  /** Undefined: questions go to the one database. */
  readonly databaseReplicaUrl!: string | undefined;
  /** As many again for the replica. */
  readonly databasePoolSize!: number;
  /** Undefined: whoever migrates leaves the calls on the server where they are. */
  readonly databaseDistributed!: Distribution | undefined;
  /** Absolute path. */
  readonly dataDir!: string;
  readonly pushTokens!: readonly PushToken[];
  /** The push token that was generated and is in use; undefined when PUSH_TOKENS is set. */
  readonly generatedPushToken!: string | undefined;
  readonly adminApiKey!: string;
  readonly apiKeyIsGenerated!: boolean;
  /** IANA name of the zone that the vendor's times without offset are in. */
  readonly pushTimeZone!: string;
  readonly pushBodyLimit!: number;
  /** A push that is not committed by then is not waited for any longer. */
  readonly ackDeadlineMs!: number;
  /** Absolute path; undefined: no journal. */
  readonly journalDir!: string | undefined;
  readonly journalMaxBytes!: number;
  /** Days that raw bodies are kept; 0: for ever. */
  readonly bodyRetentionDays!: number;
  /** Days that calls are kept; 0: for ever. */
  readonly callRetentionDays!: number;
  /** Undefined: any address may push. */
  readonly pushAllowFrom!: readonly Network[] | undefined;
  /** Requests a second for an API key; 0: any number. */
  readonly queryRateLimit!: number;
  /** How long the service goes on taking requests after it has begun to say that it is not ready any more. */
  readonly shutdownDelayMs!: number;
  readonly trustProxy!: boolean | number | readonly string[];
  /** Nest's names of the levels to print. */
  readonly logLevels!: LogLevel[];
  readonly logFormat!: LogFormat;
  /** Undefined: no spans are made. */
  readonly tracing!: TracingProtocol | undefined;
  /** Password of the embedded database's superuser; empty with an external database. */
  readonly databasePassword!: string;
  /** What a person must know: generated credentials were lost or broken, and have been made anew. Undefined: nothing. */
  readonly credentialsNotice!: string | undefined;
}
