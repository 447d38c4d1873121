import type { LogLevel } from '@nestjs/common';
import type { AllowedHosts } from '../outbound/allowed-hosts.js';

/** A source of pushes and one of its push tokens. A source may have several at the same time, for rotation. */
export interface PushToken {
  readonly source: string;
  readonly token: string;
}

/** A network in CIDR form, as `ipaddr.js` uses it: an address and the length of its prefix in bits. */
export type Network = readonly [address: string, prefixLength: number];

/** Where the vendor's query API is, and the access key to it. */
export interface VendorAccess {
  /** An http or https URL without credentials, query and fragment. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Undefined for a key that does not expire. */
  readonly securityToken: string | undefined;
}

/** How the ledger is compared with the vendor's query API. */
export interface CompletenessSettings {
  /** The source whose calls the access key shows. Undefined: the only source of `pushTokens`. */
  readonly source: string | undefined;
  /** Milliseconds between two checks that the service begins by itself. Undefined: it begins none. */
  readonly intervalMs: number | undefined;
  /** Requests a second to the vendor. */
  readonly requestsPerSecond: number;
  /** Whether a repair follows each check. */
  readonly repairs: boolean;
}

/** Where the files of recordings are kept. */
export type RecordingPlace =
  | {
      readonly kind: 'folder';
      /** Absolute path. */
      readonly path: string;
      /** Whether it is in `dataDir` because RECORDING_STORE is not set. */
      readonly isDefault: boolean;
    }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** Empty, or a text that ends with a slash. */
      readonly prefix: string;
      /** Undefined: Amazon's own of the region. */
      readonly endpoint: string | undefined;
      readonly region: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
    };

/** How people sign in with an identity provider (OpenID Connect). */
export interface SignInSettings {
  /** The provider's issuer URL. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where people reach this service, without a slash at the end. */
  readonly publicUrl: string;
  /** The claim that lists what a person belongs to. */
  readonly rolesClaim: string;
  /** The scopes of each value of the claim; `*` means every scope. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
  readonly sessionMs: number;
  /** What is asked of the provider, separated by spaces. Undefined: what the provider supports. */
  readonly scopes: string | undefined;
  /** OpenID Connect's `prompt`. Undefined: what the standard demands. `off`: none. */
  readonly prompt: string | undefined;
}

/** The protocol by which spans are sent. */
export type TracingProtocol = 'http/protobuf' | 'http/json';

/** What spreads the calls over several database servers. */
export type Distribution = 'citus';

export type LogFormat = 'pretty' | 'json';

/**
 * Every setting of the service. `readSettings` reads and checks them once at start; then they are injected. Sizes
 * are in bytes. Times are in milliseconds unless the name says days or seconds.
 */
export class Settings {
  readonly host!: string;
  readonly port!: number;
  /** Undefined: an embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl!: string | undefined;
  /** Undefined: there is no read replica, and queries go to the primary. */
  readonly databaseReplicaUrl!: string | undefined;
  /** Connections to the primary. The read replica gets as many again. */
  readonly databasePoolSize!: number;
  /** Undefined: migrations leave the calls on the one server. */
  readonly databaseDistributed!: Distribution | undefined;
  /** Absolute path. */
  readonly dataDir!: string;
  readonly pushTokens!: readonly PushToken[];
  /** The push token that was generated and is in use; undefined when PUSH_TOKENS is set. */
  readonly generatedPushToken!: string | undefined;
  readonly adminApiKey!: string;
  readonly apiKeyIsGenerated!: boolean;
  /** What secrets in the database and in cookies are encrypted with. Undefined: with `adminApiKey`. */
  readonly sealingKey!: string | undefined;
  /** Undefined: people can't sign in, only API keys can. */
  readonly signIn!: SignInSettings | undefined;
  /** IANA name of the time zone for the vendor's times without an offset. */
  readonly pushTimeZone!: string;
  readonly pushBodyLimit!: number;
  /** How long a push waits for its commit. After that it goes to the journal. */
  readonly ackDeadlineMs!: number;
  /** Absolute path; undefined: no journal. */
  readonly journalDir!: string | undefined;
  readonly journalMaxBytes!: number;
  /** Days that raw bodies are kept; 0: for ever. */
  readonly bodyRetentionDays!: number;
  /** Days that calls are kept; 0: for ever. */
  readonly callRetentionDays!: number;
  /** Undefined: the files of recordings are not kept. */
  readonly recordingStore!: RecordingPlace | undefined;
  /** The hosts from which recordings may be downloaded. */
  readonly recordingHosts!: AllowedHosts;
  readonly recordingMaxBytes!: number;
  /** Days that files of recordings are kept; 0: for ever. */
  readonly recordingRetentionDays!: number;
  /** The hosts to which webhooks may go beside public ones, also without TLS. */
  readonly webhookHosts!: AllowedHosts;
  /** Undefined: the service does not ask the vendor's query API. */
  readonly vendorAccess!: VendorAccess | undefined;
  readonly completeness!: CompletenessSettings;
  /** Undefined: any address may push. */
  readonly pushAllowFrom!: readonly Network[] | undefined;
  /** Requests a second that an API key may make; 0: any number. */
  readonly queryRateLimit!: number;
  /** Shutdown delay: how long the service takes requests after its readiness check has begun to say "not ready". */
  readonly shutdownDelayMs!: number;
  readonly trustProxy!: boolean | number | readonly string[];
  /** Nest's names of the levels to print. */
  readonly logLevels!: LogLevel[];
  readonly logFormat!: LogFormat;
  /** Undefined: no spans are made. */
  readonly tracing!: TracingProtocol | undefined;
  /** Password of the embedded database's superuser; empty with an external database. */
  readonly databasePassword!: string;
  /** A message for the operator when lost or broken credentials were generated again. Undefined: there is none. */
  readonly credentialsNotice!: string | undefined;
}
