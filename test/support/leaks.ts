// What services print in any test in, an error out when it holds what no log may hold. Every service that a test
// starts is watched, the one in the tests' own process too: at every level, whatever the test is about.
import type { LoggerService } from '@nestjs/common';
import { inspect } from 'node:util';

/**
 * The numbers that tests push, in each form; no part of an id or of a longer run of digits. (Times in milliseconds
 * have 13 digits, and begin with neither 86 nor 0.)
 */
const NUMBER = /(?<![\w.-])(?:\+|00)?(?:86)?0?(?:1[3-9]\d{9}|571\d{7,8})(?![\w.-])/;
const API_KEY = /clk_[0-9a-f-]{36}_[0-9a-f]/;
/** Shorter ones stand in ordinary words, too. */
const SHORTEST_PASSWORD = 8;

/** The secrets among the settings of a service. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  const { PUSH_TOKENS: tokens = '', ADMIN_API_KEY: key = '' } = environment;
  const passwords = [environment['DATABASE_URL'], environment['DATABASE_REPLICA_URL']].map((url = '') =>
    URL.canParse(url) ? decodeURIComponent(new URL(url).password) : '',
  );
  const ofVendor = [
    'ALIYUN_ACCESS_KEY_SECRET',
    'ALIYUN_SECURITY_TOKEN',
    'OIDC_CLIENT_SECRET',
    'SEALING_KEY',
  ].map((name) => environment[name] ?? '');
  const ofPushes = tokens.split(',').map((entry) => entry.split('=').slice(1).join('='));
  const given = [...ofPushes, key, ...passwords, ...ofVendor];
  return given.filter((secret) => secret.length >= SHORTEST_PASSWORD);
}

/** @returns what was found, with its line; undefined when there is nothing */
export function leakIn(text: string, secrets: readonly string[]): string | undefined {
  const secret = secrets.find((one) => text.includes(one));
  const [number] = NUMBER.exec(text) ?? [];
  const found = secret ?? number ?? API_KEY.exec(text)?.[0];
  if (found === undefined) return undefined;
  const line = text.split('\n').find((one) => one.includes(found)) ?? '';
  return `${found} in the log: ${line}`;
}

/** @throws Error when there is a secret or a number in what a service has printed */
export function refuseLeaks(output: string, secrets: readonly string[]): void {
  const leak = leakIn(output, secrets);
  if (leak !== undefined) throw new Error(leak);
}

/** Takes the place of the logger of a service in the tests' own process, and prints nothing. */
export class WatchedLog implements LoggerService {
  private leak: string | undefined;

  constructor(private readonly secrets: readonly string[]) {}

  log = (...line: unknown[]): void => {
    this.leak ??= leakIn(inspect(line, { depth: 6, breakLength: Infinity }), this.secrets);
  };
  readonly fatal = this.log;
  readonly error = this.log;
  readonly warn = this.log;
  readonly debug = this.log;
  readonly verbose = this.log;

  /** @throws Error when a line held a secret or a number */
  refuseLeaks(): void {
    if (this.leak !== undefined) throw new Error(this.leak);
  }
}
