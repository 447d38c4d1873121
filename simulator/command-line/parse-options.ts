import { credentialsPath, firstToken, readCredentials, type Credentials } from './credentials.js';
import { OptionReader } from './option-reader.js';
import { NO_FAULTS, readApiFaults } from '../vendor-api/api-faults.js';
import type { VendorApiOptions } from '../vendor-api/vendor-api-server.js';
import { recentFirstDay } from '../records/campaign.js';
import type { CampaignOptions } from '../records/campaign-options.js';
import { UsageError, type SimulatorOptions } from '../simulator-options.js';

const NO_CREDENTIALS: Credentials = {};

/**
 * Reads the command line. For the token and the key, it also reads the environment and the generated credentials.
 *
 * @returns `help` if that was asked for
 * @throws UsageError that names all problems
 */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): SimulatorOptions | 'help' {
  const reader = new OptionReader(args);
  if (reader.has('help')) return 'help';
  const verify = reader.has('verify');
  const options: SimulatorOptions = {
    url: reader.url('url'),
    ...accessOf(reader, env, verify),
    campaign: campaignOf(reader),
    vendor: {
      rate: reader.rate(),
      concurrency: reader.whole('concurrency', 1, 1000),
      maxRetries: reader.whole('max-retries', 0, 100),
      timeScale: reader.number('time-scale', 0.000001, 100),
      misdirected: reader.has('misdirected'),
    },
    timeOutMs: reader.whole('time-out', 1, 600_000),
    vendorApi: vendorApiOf(reader, env),
    verify,
    verifyTimeoutMs: reader.number('verify-timeout', 0.1, 86_400) * 1000,
    json: reader.has('json'),
  };
  if (reader.has('misdirected') && !reader.has('notes') && !reader.has('recordings'))
    reader.problems.push('--misdirected needs --notes or --recordings');
  if (reader.problems.length > 0) throw new UsageError(reader.problems);
  return options;
}

function campaignOf(reader: OptionReader): CampaignOptions {
  const calls = reader.whole('calls', 1, 100_000_000);
  return {
    seed: reader.text('seed') ?? '',
    calls,
    tasks: reader.whole('tasks', 1, 1000),
    batches: reader.whole('batches', 1, 1000),
    firstDay: reader.has('first-day') ? reader.day('first-day') : recentFirstDay(calls, Date.now()),
    batchSize: reader.whole('batch-size', 1, 10_000),
    duplicates: reader.share('duplicates'),
    corrections: reader.share('corrections'),
    broken: reader.share('broken'),
    brokenBodies: reader.share('broken-bodies'),
    reorder: reader.share('reorder'),
    strange: reader.share('strange'),
    unpushed: reader.share('unpushed'),
    notes: reader.has('notes'),
    recordings: reader.has('recordings'),
  };
}

function vendorApiOf(reader: OptionReader, env: NodeJS.ProcessEnv): VendorApiOptions | null {
  const faults = reader.read('api-faults', readApiFaults);
  if (!reader.has('serve-api')) {
    if (reader.has('api-faults')) reader.problems.push('--api-faults needs --serve-api');
    return null;
  }
  const [id, secret] = [env.ALIYUN_ACCESS_KEY_ID?.trim() ?? '', env.ALIYUN_ACCESS_KEY_SECRET?.trim() ?? ''];
  return {
    port: reader.whole('serve-api', 0, 65_535),
    accessKey: id === '' || secret === '' ? null : { id, secret },
    faults: faults ?? NO_FAULTS,
  };
}

function accessOf(reader: OptionReader, env: NodeJS.ProcessEnv, verify: boolean) {
  const path = credentialsPath(env);
  const token = reader.text('token') ?? firstToken(env.PUSH_TOKENS ?? '');
  const key = reader.text('api-key') ?? (env.ADMIN_API_KEY?.trim() || undefined);
  const needsFile = token === undefined || (verify && key === undefined);
  const generated = needsFile ? credentialsIn(path, reader) : NO_CREDENTIALS;
  const usedToken = token ?? firstToken(generated.pushTokens ?? '');
  const usedKey = key ?? generated.adminApiKey;
  const missing = `there is none in ${path} either. Is the service started (npm start)?`;
  if (usedToken === undefined) {
    reader.problems.push(`no push token: give --token or PUSH_TOKENS; ${missing}`);
  }
  if (verify && usedKey === undefined) {
    reader.problems.push(`no API key to verify with: give --api-key or ADMIN_API_KEY; ${missing}`);
  }
  return { token: usedToken ?? '', apiKey: verify ? (usedKey ?? null) : null };
}

function credentialsIn(path: string, reader: OptionReader): Credentials {
  try {
    return readCredentials(path);
  } catch (error) {
    reader.problems.push(error instanceof Error ? error.message : String(error));
    return NO_CREDENTIALS;
  }
}
