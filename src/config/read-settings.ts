// Reads every setting from the environment, once, and reports all problems together.
import type { LogLevel } from '@nestjs/common';
import { join, resolve } from 'node:path';
import { errorText } from '../errors.js';
import { AllowedHosts } from '../outbound/allowed-hosts.js';
import { readSignIn } from './read-sign-in.js';
import { credentialsFile, loadCredentials, type Renewal } from './credentials.js';
import { recordingSettings } from './recording-settings.js';
import { SettingReader } from './setting-reader.js';
import {
  accessKeyPart,
  adminApiKey,
  byteSize,
  distributionOf,
  duration,
  endpointUrl,
  integer,
  networks,
  oneOf,
  postgresUrl,
  pushTokens,
  replicaUrl,
  timeZone,
  trustProxy,
  retentionDays,
} from './setting-values.js';
import {
  type CompletenessSettings,
  type Distribution,
  type PushToken,
  Settings,
  type TracingProtocol,
  type VendorAccess,
} from './settings.js';

/** The settings can't be used. `problems` holds a line for each problem, which begins with the setting's name. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The settings can't be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
const NEST_LEVELS: Readonly<Record<(typeof LEVELS)[number], LogLevel>> = {
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  info: 'log',
  debug: 'debug',
  trace: 'verbose',
};
const NOTHING_GENERATED = {
  generatedPushToken: undefined,
  apiKeyIsGenerated: false,
  databasePassword: '',
  credentialsNotice: undefined,
};
const VENDOR_ENDPOINT = 'https://aiccs.aliyuncs.com';
const SHORTEST_INTERVAL_MS = 1000;
const LONGEST_INTERVAL_MS = 7 * 86_400_000;
const LARGEST_BODY = 256 * 1024 * 1024;
const TRACING_PROTOCOLS = ['http/protobuf', 'http/json'] as const;
/** The prefix of OpenTelemetry's environment variables. */
const TRACING_PREFIX = 'OTEL_EXPORTER_OTLP';

/** The checked settings of the environment. Credentials that the service generates may still be missing. */
export interface CheckedSettings extends Omit<
  Settings,
  'pushTokens' | 'adminApiKey' | keyof typeof NOTHING_GENERATED
> {
  readonly pushTokens: Settings['pushTokens'] | undefined;
  readonly adminApiKey: string | undefined;
}

/**
 * Runs {@link checkSettings}, then {@link withCredentials}.
 *
 * @throws SettingsError
 */
export function readSettings(environment: NodeJS.ProcessEnv, onTerminal: boolean): Settings {
  return withCredentials(checkSettings(environment, onTerminal));
}

/**
 * Reads and checks the settings. It creates no files.
 * @param environment the variables, in the form of `process.env`
 * @param onTerminal whether the logs go to a person's terminal (the default of LOG_FORMAT)
 * @throws SettingsError that names every problem
 */
export function checkSettings(environment: NodeJS.ProcessEnv, onTerminal: boolean): CheckedSettings {
  const reader = new SettingReader(environment);
  const embedded = reader.text('DATABASE_URL') === undefined;
  const level = reader.read('LOG_LEVEL', 'info', (text) => oneOf(text, LEVELS)) ?? 'info';
  const dataDir = resolve(reader.text('DATA_DIR') ?? 'data');
  const givenTokens = reader.read('PUSH_TOKENS', undefined, pushTokens);
  const access = vendorAccess(reader);
  const settings = {
    host: reader.read('HOST', '127.0.0.1', (text) => text),
    port: reader.read('PORT', '3000', (text) => integer(text, 0, 65_535)),
    databaseUrl: reader.read('DATABASE_URL', undefined, postgresUrl),
    databaseReplicaUrl: reader.read('DATABASE_REPLICA_URL', undefined, (text) =>
      replicaUrl(text, reader.text('DATABASE_URL')),
    ),
    databasePoolSize: reader.read('DATABASE_POOL_SIZE', '10', (text) => integer(text, 2, 1000)),
    databaseDistributed: distribution(reader, embedded),
    dataDir,
    pushTokens: givenTokens,
    adminApiKey: reader.read('ADMIN_API_KEY', undefined, adminApiKey),
    sealingKey: reader.read('SEALING_KEY', undefined, adminApiKey),
    signIn: readSignIn(reader),
    pushTimeZone: reader.read('PUSH_TIME_ZONE', 'Asia/Shanghai', timeZone),
    pushBodyLimit: reader.read('PUSH_BODY_LIMIT', '32mb', bodyLimit),
    ackDeadlineMs: reader.read('ACK_DEADLINE_MS', '400', (text) => integer(text, 1, 60_000)),
    journalDir: journalDir(reader, dataDir),
    journalMaxBytes: reader.read('JOURNAL_MAX_BYTES', '1gb', byteSize),
    ...retention(reader),
    ...recordingSettings(reader, dataDir),
    webhookHosts: reader.read('WEBHOOK_ALLOW_HOSTS', '', (text) => new AllowedHosts(text, 'public')),
    vendorAccess: access,
    completeness: completeness(reader, access, givenTokens),
    pushAllowFrom: reader.read('PUSH_ALLOW_FROM', undefined, networks),
    queryRateLimit: reader.read('QUERY_RATE_LIMIT', '100', (text) => integer(text, 0, 1_000_000)),
    shutdownDelayMs: reader.read('SHUTDOWN_DELAY_MS', '0', (text) => integer(text, 0, 60_000)),
    tracing: readTracing(reader),
    trustProxy: reader.read('TRUST_PROXY', 'off', trustProxy),
    logLevels: LEVELS.slice(0, LEVELS.indexOf(level) + 1).map((name) => NEST_LEVELS[name]),
    logFormat: reader.read('LOG_FORMAT', onTerminal ? 'pretty' : 'json', (text) =>
      oneOf(text, ['pretty', 'json'] as const),
    ),
  };
  if (!embedded) requireSecrets(reader);
  if (reader.problems.length > 0) throw new SettingsError(reader.problems);
  return Object.assign(new Settings(), settings);
}

/**
 * Adds the credentials that the service generates for the embedded database. It reads them from DATA_DIR, or
 * generates them there.
 *
 * @throws SettingsError
 */
export function withCredentials(checked: CheckedSettings): Settings {
  const { pushTokens, adminApiKey } = checked;
  if (checked.databaseUrl === undefined) return Object.assign(new Settings(), checked, generated(checked));
  if (pushTokens === undefined || adminApiKey === undefined)
    throw new Error('PUSH_TOKENS and ADMIN_API_KEY have not been checked');
  return Object.assign(new Settings(), checked, { pushTokens, adminApiKey, ...NOTHING_GENERATED });
}

function distribution(reader: SettingReader, embedded: boolean): Distribution | undefined {
  const distributed = reader.read('DATABASE_DISTRIBUTED', 'off', distributionOf);
  if (distributed !== undefined && embedded)
    reader.problems.push('DATABASE_DISTRIBUTED needs DATABASE_URL: the embedded database is one server');
  // A reader on a standby of the coordinator can't know whether the standbys of the workers already have the calls
  // of a position.
  if (distributed !== undefined && reader.text('DATABASE_REPLICA_URL') !== undefined)
    reader.problems.push("DATABASE_DISTRIBUTED can't be used with DATABASE_REPLICA_URL");
  return distributed;
}

function retention(reader: SettingReader) {
  return {
    bodyRetentionDays: reader.read('BODY_RETENTION_DAYS', '30', retentionDays),
    callRetentionDays: reader.read('CALL_RETENTION_DAYS', '0', retentionDays),
  };
}

function journalDir(reader: SettingReader, dataDir: string): string | undefined {
  const text = reader.text('JOURNAL_DIR');
  return text === 'off' ? undefined : resolve(text ?? join(dataDir, 'journal'));
}

/** @returns undefined when no access key is set */
function vendorAccess(reader: SettingReader): VendorAccess | undefined {
  const endpoint = reader.read('ALIYUN_ENDPOINT', VENDOR_ENDPOINT, (url) =>
    endpointUrl(url, VENDOR_ENDPOINT),
  );
  const accessKeyId = reader.read('ALIYUN_ACCESS_KEY_ID', undefined, accessKeyPart);
  const accessKeySecret = reader.read('ALIYUN_ACCESS_KEY_SECRET', undefined, accessKeyPart);
  const securityToken = reader.read('ALIYUN_SECURITY_TOKEN', undefined, accessKeyPart);
  const needsKey = ['ALIYUN_ACCESS_KEY_ID', 'ALIYUN_ACCESS_KEY_SECRET', 'ALIYUN_SECURITY_TOKEN'].filter(
    (name) => reader.text(name) !== undefined,
  );
  for (const missing of ['ALIYUN_ACCESS_KEY_ID', 'ALIYUN_ACCESS_KEY_SECRET'])
    if (needsKey.length > 0 && !needsKey.includes(missing))
      reader.problems.push(`${missing} is required with ${needsKey.join(' and ')}`);
  if (endpoint === undefined || accessKeyId === undefined || accessKeySecret === undefined) return undefined;
  return { endpoint, accessKeyId, accessKeySecret, securityToken };
}

/** @param tokens undefined when they are generated, for one source */
function completeness(
  reader: SettingReader,
  access: VendorAccess | undefined,
  tokens: readonly PushToken[] | undefined,
): CompletenessSettings {
  const sources = [...new Set(tokens?.map(({ source }) => source))];
  const source = reader.read('COMPLETENESS_SOURCE', undefined, (text) =>
    sources.length === 0 ? text : sourceAmong(text, sources),
  );
  if (access !== undefined && reader.text('COMPLETENESS_SOURCE') === undefined && sources.length > 1)
    reader.problems.push(
      `COMPLETENESS_SOURCE is required, because PUSH_TOKENS has several sources (${sources.join(', ')}): name the one whose calls the access key shows`,
    );
  return {
    source,
    intervalMs: reader.read('COMPLETENESS_INTERVAL', '1h', interval),
    requestsPerSecond: reader.read('COMPLETENESS_RATE', '5', (text) => integer(text, 1, 10_000)) ?? 1,
    repairs: reader.read('COMPLETENESS_REPAIR', 'off', (text) => oneOf(text, ['on', 'off'])) === 'on',
  };
}

function sourceAmong(text: string, sources: readonly string[]): string {
  if (!sources.includes(text)) throw new Error(`must be a source of PUSH_TOKENS (${sources.join(', ')})`);
  return text;
}

/** @returns undefined for `off` */
function interval(text: string): number | undefined {
  if (text === 'off') return undefined;
  return duration(text, SHORTEST_INTERVAL_MS, LONGEST_INTERVAL_MS, 'from 1s to 7d, or off');
}

/** A body becomes one string, and V8's strings are at most 512 MB long. */
function bodyLimit(text: string): number {
  const size = byteSize(text);
  if (size > LARGEST_BODY) throw new Error('must be at most 256mb');
  return size;
}

function requireSecrets(reader: SettingReader): void {
  for (const name of ['PUSH_TOKENS', 'ADMIN_API_KEY']) {
    if (reader.text(name) === undefined) {
      reader.problems.push(
        `${name} is required with DATABASE_URL (only the embedded database has a generated one)`,
      );
    }
  }
}

function generated({ dataDir, ...given }: CheckedSettings) {
  try {
    const { renewal, ...credentials } = loadCredentials(dataDir);
    const generatedTokens = pushTokens(credentials.pushTokens);
    return {
      pushTokens: given.pushTokens ?? generatedTokens,
      generatedPushToken: given.pushTokens === undefined ? generatedTokens[0]?.token : undefined,
      apiKeyIsGenerated: given.adminApiKey === undefined,
      adminApiKey: given.adminApiKey ?? adminApiKey(credentials.adminApiKey),
      databasePassword: credentials.databasePassword,
      credentialsNotice: renewal === undefined ? undefined : noticeOf(renewal, { dataDir, ...given }),
    };
  } catch (error) {
    throw new SettingsError([`DATA_DIR can't be used: ${errorText(error)}`]);
  }
}

/**
 * Says which credentials are new, without the secrets themselves. Credentials that the settings give are unchanged,
 * so they are not named.
 */
function noticeOf(
  { reason, renewed }: Renewal,
  given: Pick<CheckedSettings, 'dataDir' | 'pushTokens' | 'adminApiKey'>,
): string {
  const sentences = [reason];
  if (renewed.includes('pushTokens') && given.pushTokens === undefined)
    sentences.push(
      'A new push token was made. Give the new push URL to the vendor: pushes to the old one are refused.',
    );
  if (renewed.includes('adminApiKey') && given.adminApiKey === undefined)
    sentences.push(`A new API key was made: adminApiKey in ${credentialsFile(given.dataDir)}.`);
  return sentences.join(' ');
}

/**
 * Tracing is on when OTEL_TRACES_EXPORTER is `otlp`, or when it is unset and an endpoint is given. By
 * OpenTelemetry's specification it would be on by default, and send to a port of this machine where perhaps nothing
 * listens. The SDK reads the other variables itself.
 */
function readTracing(reader: SettingReader): TracingProtocol | undefined {
  const hasEndpoint = [`${TRACING_PREFIX}_ENDPOINT`, `${TRACING_PREFIX}_TRACES_ENDPOINT`].some(
    (name) => reader.text(name) !== undefined,
  );
  const exporter = reader.read('OTEL_TRACES_EXPORTER', hasEndpoint ? 'otlp' : 'none', (text) =>
    oneOf(text, ['otlp', 'none'] as const),
  );
  if (exporter !== 'otlp' || reader.text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  const ofTraces = `${TRACING_PREFIX}_TRACES_PROTOCOL`;
  const name = reader.text(ofTraces) === undefined ? `${TRACING_PREFIX}_PROTOCOL` : ofTraces;
  return reader.read(name, 'http/protobuf', (text) => oneOf(text, TRACING_PROTOCOLS));
}
