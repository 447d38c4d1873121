import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isUnprotected } from '../../src/config/setting-values.js';
import { checkSettings, readSettings, SettingsError } from '../../src/config/read-settings.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-settings-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const external = () => ({
  DATABASE_URL: 'postgres://ledger:secret@db.internal:5432/ledger',
  DATA_DIR: join(folder, 'data'),
  PUSH_TOKENS: 'vendor=0123456789abcdef',
  ADMIN_API_KEY: 'k'.repeat(32),
});

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings({ ...external(), ...environment }, false);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('Settings', () => {
  it('have the documented defaults', () => {
    expect(readSettings(external(), false)).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      databaseReplicaUrl: undefined,
      databasePoolSize: 10,
      databaseDistributed: undefined,
      pushTimeZone: 'Asia/Shanghai',
      pushBodyLimit: 32 * 1024 * 1024,
      pushAllowFrom: undefined,
      ackDeadlineMs: 400,
      bodyRetentionDays: 30,
      callRetentionDays: 0,
      queryRateLimit: 100,
      trustProxy: false,
      logFormat: 'json',
      logLevels: ['fatal', 'error', 'warn', 'log'],
    });
    expect(readSettings(external(), true).logFormat).toBe('pretty');
  });

  it('name all problems at once, and no secret', () => {
    const problems = problemsOf({
      PORT: '70000',
      DATABASE_URL: 'mysql://root:hunter2@db/ledger',
      DATABASE_DISTRIBUTED: 'everywhere',
      PUSH_TOKENS: 'vendor=hunter2',
      ADMIN_API_KEY: 'hunter2',
      PUSH_TIME_ZONE: 'Asia/Peking-ish',
      PUSH_BODY_LIMIT: '32 elephants',
      PUSH_ALLOW_FROM: '10.0.0.0/33',
      TRUST_PROXY: 'somewhere',
      LOG_LEVEL: 'loud',
      LOG_FORMAT: 'xml',
      DATABASE_REPLICA_URL: 'replica.internal',
      SHUTDOWN_DELAY_MS: '-1',
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });
    const named = problems.map((problem) => problem.split(' ')[0]);
    expect(named.sort()).toEqual([
      'ADMIN_API_KEY',
      'DATABASE_DISTRIBUTED',
      'DATABASE_REPLICA_URL',
      'DATABASE_URL',
      'LOG_FORMAT',
      'LOG_LEVEL',
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'PORT',
      'PUSH_ALLOW_FROM',
      'PUSH_BODY_LIMIT',
      'PUSH_TIME_ZONE',
      'PUSH_TOKENS',
      'SHUTDOWN_DELAY_MS',
      'TRUST_PROXY',
    ]);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  it.each(['CST', 'BST', 'EST5EDT', 'PRC', 'GMT'])('take no short name of a zone, as %s', (zone) => {
    expect(problemsOf({ PUSH_TIME_ZONE: zone })).toEqual([
      expect.stringMatching(/^PUSH_TIME_ZONE must be UTC or an IANA time zone .*Asia\/Shanghai/),
    ]);
  });

  it.each(['UTC', 'Asia/Shanghai', 'Asia/Calcutta'])('take a zone that has one meaning, as %s', (zone) => {
    expect(readSettings({ ...external(), PUSH_TIME_ZONE: zone }, false).pushTimeZone).toBe(zone);
  });

  it('can distribute an external database only, and one without a replica', () => {
    const distributed = { DATABASE_DISTRIBUTED: 'citus' };
    expect(readSettings({ ...external(), ...distributed }, false).databaseDistributed).toBe('citus');
    expect(problemsOf({ ...distributed, DATABASE_URL: '' })).toEqual([
      'DATABASE_DISTRIBUTED needs DATABASE_URL: the embedded database is one server',
    ]);
    const replica = { DATABASE_REPLICA_URL: 'postgres://ledger@replica.internal:5432/ledger' };
    expect(problemsOf({ ...distributed, ...replica })).toEqual([
      "DATABASE_DISTRIBUTED can't be used with DATABASE_REPLICA_URL",
    ]);
  });

  it('require tokens and key with an external database', () => {
    expect(problemsOf({ PUSH_TOKENS: '', ADMIN_API_KEY: ' ' })).toEqual([
      expect.stringMatching(/^PUSH_TOKENS is required/),
      expect.stringMatching(/^ADMIN_API_KEY is required/),
    ]);
  });

  it('take a replica of an external database, and no other', () => {
    const replica = 'postgres://ledger:secret@replica.internal:5432/ledger';
    expect(readSettings({ ...external(), DATABASE_REPLICA_URL: replica }, false).databaseReplicaUrl).toBe(
      replica,
    );
    expect(problemsOf({ DATABASE_REPLICA_URL: external().DATABASE_URL })).toEqual([
      'DATABASE_REPLICA_URL must not be the same as DATABASE_URL',
    ]);
    expect(problemsOf({ DATABASE_URL: '', DATABASE_REPLICA_URL: replica })).toEqual([
      expect.stringMatching(/^DATABASE_REPLICA_URL needs DATABASE_URL/),
    ]);
  });

  it.each([
    ['a=0123456789abcdef,a=fedcba9876543210', []],
    ['a=0123456789abcdef,b=0123456789abcdef', ['PUSH_TOKENS gives the same token to a and b']],
    ['a=0123456789abcde', [expect.stringContaining('at least 16')]],
    ['no-token', [expect.stringContaining('name=token')]],
    ['a=with=equals=signs=', []],
  ])('read PUSH_TOKENS %s', (tokens, problems) => {
    expect(problemsOf({ PUSH_TOKENS: tokens })).toEqual(problems);
  });

  it('make credentials with the embedded database: once, for this user only', () => {
    const dataDir = join(folder, 'data');
    const first = readSettings({ DATA_DIR: dataDir }, false);
    expect(first.pushTokens).toHaveLength(1);
    expect(first.adminApiKey.length).toBeGreaterThanOrEqual(32);
    expect(statSync(join(dataDir, 'credentials.json')).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(readSettings({ DATA_DIR: dataDir }, false)).toEqual(first);
    const own = readSettings({ DATA_DIR: dataDir, ADMIN_API_KEY: 'o'.repeat(40) }, false);
    expect(own.adminApiKey).toBe('o'.repeat(40));
    expect(own.pushTokens).toEqual(first.pushTokens);
  });

  it.each([
    [{}, undefined],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, 'http/protobuf'],
    [
      {
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      },
      'http/json',
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'TRUE' }, undefined],
  ])('turn tracing on by %p: %s', (environment, tracing) => {
    const dataDir = join(folder, 'data');
    expect(readSettings({ DATA_DIR: dataDir, ...environment }, false).tracing).toBe(tracing);
  });

  it('are checked without anything being made', () => {
    const dataDir = join(folder, 'data');
    expect(checkSettings({ DATA_DIR: dataDir, PORT: '4000' }, false)).toMatchObject({ port: 4000, dataDir });
    expect(existsSync(dataDir)).toBe(false);
  });

  it("have the access to the vendor's API, when its key is given", () => {
    const key = { ALIYUN_ACCESS_KEY_ID: 'id', ALIYUN_ACCESS_KEY_SECRET: 'secret' };
    const accessOf = (environment: Record<string, string>) =>
      readSettings({ ...external(), ...environment }, false).vendorAccess;
    const access = {
      endpoint: 'https://aiccs.aliyuncs.com/',
      accessKeyId: 'id',
      accessKeySecret: 'secret',
      securityToken: undefined,
    };
    expect(accessOf({ ALIYUN_ENDPOINT: 'https://vendor.internal' })).toBeUndefined();
    expect(accessOf(key)).toEqual(access);
    expect(
      accessOf({ ...key, ALIYUN_SECURITY_TOKEN: 'token', ALIYUN_ENDPOINT: 'http://127.0.0.1:4000/path/' }),
    ).toEqual({ ...access, securityToken: 'token', endpoint: 'http://127.0.0.1:4000/path/' });
  });

  it("name what is wrong with the access to the vendor's API, and no secret", () => {
    expect(problemsOf({ ALIYUN_ACCESS_KEY_ID: 'hunter2' })).toEqual([
      'ALIYUN_ACCESS_KEY_SECRET is required with ALIYUN_ACCESS_KEY_ID',
    ]);
    expect(problemsOf({ ALIYUN_SECURITY_TOKEN: 'hunter2' })).toEqual([
      'ALIYUN_ACCESS_KEY_ID is required with ALIYUN_SECURITY_TOKEN',
      'ALIYUN_ACCESS_KEY_SECRET is required with ALIYUN_SECURITY_TOKEN',
    ]);
    expect(problemsOf({ ALIYUN_ACCESS_KEY_ID: 'a', ALIYUN_ACCESS_KEY_SECRET: 'hunter2\nHost: x' })).toEqual([
      'ALIYUN_ACCESS_KEY_SECRET must be printable ASCII characters without spaces',
    ]);
    expect(problemsOf({ ALIYUN_ENDPOINT: 'ftp://hunter2@vendor' })).toEqual([
      'ALIYUN_ENDPOINT must be a URL such as https://aiccs.aliyuncs.com',
    ]);
    for (const endpoint of ['https://id:hunter2@vendor/', 'https://vendor/?key=hunter2', 'https://vendor/#x'])
      expect(problemsOf({ ALIYUN_ENDPOINT: endpoint })).toEqual([
        'ALIYUN_ENDPOINT must be a URL without user name, password, query and fragment',
      ]);
  });

  it('have a source, an interval, a rate and a wish to repair for the checks of completeness', () => {
    const key = { ALIYUN_ACCESS_KEY_ID: 'id', ALIYUN_ACCESS_KEY_SECRET: 'secret' };
    const two = { PUSH_TOKENS: `a=${'x'.repeat(16)},b=${'y'.repeat(16)}` };
    const of = (environment: Record<string, string>) =>
      readSettings({ ...external(), ...environment }, false).completeness;
    expect(of({})).toEqual({
      ...{ source: undefined, intervalMs: 3_600_000, requestsPerSecond: 5, repairs: false },
    });
    const all = {
      ...{ COMPLETENESS_SOURCE: 'b', COMPLETENESS_INTERVAL: '90s', COMPLETENESS_RATE: '20' },
      COMPLETENESS_REPAIR: 'on',
    };
    expect(of({ ...key, ...two, ...all })).toEqual({
      ...{ source: 'b', intervalMs: 90_000, requestsPerSecond: 20, repairs: true },
    });
    expect(of({ COMPLETENESS_INTERVAL: 'off' }).intervalMs).toBeUndefined();
    expect(problemsOf({ ...key, ...two })).toEqual([
      expect.stringMatching(
        /^COMPLETENESS_SOURCE is required, because PUSH_TOKENS has several sources \(a, b\)/,
      ),
    ]);
    expect(problemsOf({ ...two, COMPLETENESS_SOURCE: 'c' })).toEqual([
      'COMPLETENESS_SOURCE must be a source of PUSH_TOKENS (a, b)',
    ]);
    for (const wrong of ['1', '0s', '8d', '1.5h', 'on'])
      expect(problemsOf({ COMPLETENESS_INTERVAL: wrong })).toEqual([
        'COMPLETENESS_INTERVAL must be a duration from 1s to 7d, or off, such as 90s, 30m, 1h or 1d',
      ]);
  });

  it('have a store of recordings: a folder, S3, or none', () => {
    const of = (environment: Record<string, string>) =>
      readSettings({ ...external(), ...environment }, false).recordingStore;
    expect(of({})).toEqual({
      ...{ kind: 'folder', path: join(folder, 'data', 'recordings'), isDefault: true },
    });
    expect(of({ RECORDING_STORE: '/var/recordings' })).toEqual({
      ...{ kind: 'folder', path: '/var/recordings', isDefault: false },
    });
    expect(of({ RECORDING_STORE: 'off' })).toBeUndefined();
    const s3 = {
      RECORDING_STORE: 's3://the-bucket/a/prefix/',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'hunter2',
    };
    const place = {
      ...{ kind: 's3', bucket: 'the-bucket', prefix: 'a/prefix/', region: 'us-east-1' },
      ...{ endpoint: undefined, accessKeyId: 'id', secretAccessKey: 'hunter2' },
    };
    expect(of(s3)).toEqual(place);
    expect(of({ ...s3, RECORDING_STORE: 's3://the-bucket' })).toEqual({ ...place, prefix: '' });
    expect(of({ ...s3, S3_REGION: 'cn-north-1', S3_ENDPOINT: 'https://s3.example.com' })).toEqual({
      ...place,
      ...{ region: 'cn-north-1', endpoint: 'https://s3.example.com/' },
    });
    for (const store of [
      's3://',
      's3://B',
      's3://the-bucket/../x',
      'gs://the-bucket',
      's3://the-bucket/?a=hunter2',
    ])
      expect(problemsOf({ ...s3, RECORDING_STORE: store })).toEqual([
        'RECORDING_STORE must be a folder, s3://bucket/prefix, or off',
      ]);
    expect(problemsOf({ RECORDING_STORE: 's3://the-bucket', S3_ENDPOINT: 's3.example.com' })).toEqual([
      'S3_ENDPOINT must be a URL such as https://s3.example.com',
      'S3_ACCESS_KEY_ID is required with an S3 store',
      'S3_SECRET_ACCESS_KEY is required with an S3 store',
    ]);
    expect(problemsOf({ ...s3, RECORDING_MAX_BYTES: '6gb' })).toEqual([
      'RECORDING_MAX_BYTES must be at most 5gb with an S3 store',
    ]);
  });

  it.each([
    ['https://aiccs.aliyuncs.com/', false],
    ['http://127.0.0.1:4000/', false],
    ['http://localhost/', false],
    ['http://[::1]:4000/', false],
    ['http://vendor.internal/', true],
    ['http://127.0.0.1.example.com/', true],
  ])('say whether requests to %s are unprotected: %p', (endpoint, expected) => {
    expect(isUnprotected(endpoint)).toBe(expected);
  });
});
