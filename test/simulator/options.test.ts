import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helpText } from '../../simulator/command-line/help.js';
import { OPTIONS } from '../../simulator/command-line/option-table.js';
import { recentFirstDay } from '../../simulator/records/campaign.js';
import { parseOptions } from '../../simulator/command-line/parse-options.js';
import { UsageError, type SimulatorOptions } from '../../simulator/simulator-options.js';

const TOKEN = 'a-token-of-16-characters';

function parsed(
  args: string[],
  env: NodeJS.ProcessEnv = { PUSH_TOKENS: `vendor=${TOKEN}` },
): SimulatorOptions {
  const options = parseOptions(args, { DATA_DIR: '/nowhere', ...env });
  if (options === 'help') throw new Error('help');
  return options;
}

function problems(args: string[], env?: NodeJS.ProcessEnv): readonly string[] {
  try {
    parsed(args, env);
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  return [];
}

describe('the options', () => {
  test('have defaults', () => {
    expect(parsed([])).toEqual({
      url: 'http://127.0.0.1:3000',
      token: TOKEN,
      apiKey: null,
      campaign: {
        seed: '1',
        calls: 1000,
        tasks: 5,
        batches: 4,
        firstDay: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
        batchSize: 100,
        duplicates: 0,
        corrections: 0,
        broken: 0,
        brokenBodies: 0,
        reorder: 0,
        strange: 0,
        unpushed: 0,
        notes: false,
        recordings: false,
      },
      vendor: { rate: null, concurrency: 4, maxRetries: 3, timeScale: 1, misdirected: false },
      timeOutMs: 700,
      vendorApi: null,
      verify: false,
      verifyTimeoutMs: 60_000,
      json: false,
    });
  });

  test('have campaigns end as late as they can without calls that are still to come', () => {
    const at = (time: string) => Date.parse(`${time}+08:00`);
    expect(recentFirstDay(1000, at('2025-06-10T22:00:00'))).toBe('2025-06-10');
    expect(recentFirstDay(1000, at('2025-06-10T20:00:00'))).toBe('2025-06-09');
    expect(recentFirstDay(40_001, at('2025-06-10T22:00:00'))).toBe('2025-06-08');
    expect(recentFirstDay(100_000_000, at('2025-06-10T22:00:00'))).toBe('2025-04-12');
  });

  test('are taken as given', () => {
    const args =
      '--url https://x.example/base/ --token t --api-key k --calls 7 --rate 2.5 --batch-size 3 --concurrency 9 ';
    const more =
      '--seed abc --tasks 2 --batches 6 --duplicates .1 --corrections 0.2 --broken 0.3 --broken-bodies 1 ';
    const rest =
      '--reorder 0.4 --strange 0.5 --time-out 900 --max-retries 0 --time-scale 0.01 --verify --verify-timeout 5 --json';
    const options = parsed(`${args}${more}${rest} --first-day 2026-02-28`.split(' '), {});
    expect(options).toMatchObject({ url: 'https://x.example/base', token: 't', apiKey: 'k', timeOutMs: 900 });
    expect(options).toMatchObject({ verify: true, verifyTimeoutMs: 5000, json: true });
    expect(options.vendor).toEqual({
      rate: 2.5,
      concurrency: 9,
      maxRetries: 0,
      timeScale: 0.01,
      misdirected: false,
    });
    expect(options.campaign).toMatchObject({ calls: 7, batchSize: 3, seed: 'abc', tasks: 2, batches: 6 });
    expect(options.campaign).toMatchObject({
      duplicates: 0.1,
      corrections: 0.2,
      broken: 0.3,
      brokenBodies: 1,
    });
    expect(options.campaign).toMatchObject({ reorder: 0.4, strange: 0.5, firstDay: '2026-02-28' });
  });

  test('are refused with all problems at once', () => {
    const args =
      '--calls 0 --rate fast --duplicates 1.5 --time-out 7.5 --first-day 2025-02-30 --url ftp://x --nonsense ';
    expect(problems(`${args}--json=yes extra --batch-size`.split(' '), {})).toEqual([
      expect.stringMatching(/--nonsense/),
      expect.stringMatching(/--json takes no value/),
      expect.stringMatching(/extra/),
      expect.stringMatching(/--batch-size needs a value/),
      expect.stringMatching(/--url .*"ftp:\/\/x"/),
      expect.stringMatching(/^no push token: .*\/nowhere\/credentials.json/),
      expect.stringMatching(/--calls .*"0"/),
      expect.stringMatching(/--first-day .*2025-02-30/),
      expect.stringMatching(/--duplicates .*from 0 to 1.*"1.5"/),
      expect.stringMatching(/--rate .*"fast"/),
      expect.stringMatching(/--time-out .*whole number.*"7.5"/),
    ]);
  });

  test("serve the vendor's query API, with faults", () => {
    const key = { PUSH_TOKENS: TOKEN, ALIYUN_ACCESS_KEY_ID: 'id', ALIYUN_ACCESS_KEY_SECRET: 'secret' };
    const faults = {
      throttling: 0,
      errors: 0,
      noCallId: 0,
      chinese: 0,
      numberIds: 0,
      pageLimit: 100,
    };
    expect(parsed(['--serve-api', '4000']).vendorApi).toEqual({ port: 4000, accessKey: null, faults });
    const list = 'throttling=.1, errors=0.2,no-call-id=0.3,chinese=0.4,number-ids=1,page-limit=7';
    expect(parsed(['--serve-api', '0', '--api-faults', list], key).vendorApi).toEqual({
      port: 0,
      accessKey: { id: 'id', secret: 'secret' },
      faults: { throttling: 0.1, errors: 0.2, noCallId: 0.3, chinese: 0.4, numberIds: 1, pageLimit: 7 },
    });
    const problemOf = (faultList: string) => problems(['--serve-api', '0', '--api-faults', faultList]);
    expect(problemOf('slowness=0.1')).toEqual([
      expect.stringMatching(/^--api-faults has no fault "slowness"/),
    ]);
    expect(problemOf('errors')).toEqual(['--api-faults needs errors=F, a share from 0 to 1']);
    expect(problemOf('errors=1.1')).toEqual(['--api-faults needs errors=F, a share from 0 to 1']);
    expect(problemOf('page-limit=0')).toEqual(['--api-faults needs page-limit=N, a whole number from 1']);
    expect(problems(['--api-faults', 'errors=1'])).toEqual(['--api-faults needs --serve-api']);
    expect(problems(['--misdirected'])).toEqual(['--misdirected needs --notes or --recordings']);
  });

  test('need a key only to verify', () => {
    expect(problems(['--verify'])).toEqual([
      expect.stringMatching(/no API key .*\/nowhere\/credentials.json/),
    ]);
    expect(parsed(['--verify'], { PUSH_TOKENS: TOKEN, ADMIN_API_KEY: 'key' }).apiKey).toBe('key');
  });
});

describe('token and key', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('are read from the generated credentials', () => {
    const content = { adminApiKey: 'generated-key', pushTokens: 'vendor=generated-token,vendor=older' };
    writeFileSync(join(folder, 'credentials.json'), JSON.stringify(content));
    expect(parsed(['--verify'], { DATA_DIR: folder })).toMatchObject({
      token: 'generated-token',
      apiKey: 'generated-key',
    });
  });

  test('come from the environment first, from the command line before that', () => {
    writeFileSync(
      join(folder, 'credentials.json'),
      JSON.stringify({ adminApiKey: 'c', pushTokens: 'vendor=c' }),
    );
    const env = { DATA_DIR: folder, PUSH_TOKENS: 'a=from-env==,b=other', ADMIN_API_KEY: 'key-from-env' };
    expect(parsed(['--verify'], env)).toMatchObject({ token: 'from-env==', apiKey: 'key-from-env' });
    const args = ['--verify', '--token', 'mine', '--api-key', 'my-key'];
    expect(parsed(args, env)).toMatchObject({ token: 'mine', apiKey: 'my-key' });
  });

  test('are reported missing with the place where they were looked for, and never with what stands there', () => {
    const path = join(folder, 'credentials.json');
    expect(problems(['--verify'], { DATA_DIR: folder })).toEqual([
      `no push token: give --token or PUSH_TOKENS; there is none in ${path} either. Is the service started (npm start)?`,
      `no API key to verify with: give --api-key or ADMIN_API_KEY; there is none in ${path} either. Is the service started (npm start)?`,
    ]);
    writeFileSync(join(folder, 'credentials.json'), '{"pushTokens": "vendor=secret');
    const found = problems([], { DATA_DIR: folder });
    expect(found[0]).toMatch(/is not JSON$/);
    expect(found.join()).not.toContain('secret');
  });
});

describe('the help', () => {
  test('names every option with its default', () => {
    const help = helpText();
    for (const [name, row] of Object.entries(OPTIONS)) {
      expect(help).toMatch(new RegExp(`^  --${name}\\b`, 'm'));
      if ('default' in row) expect(help).toContain(`(default ${row.default})`);
    }
    expect(help).toContain('Examples:');
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});
