// The pictures of docs/console.md, taken from simulated data: `npm run console:pictures` writes them anew.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { SAMPLES_A_SECOND, silence } from '../../simulator/records/audio.js';
import { dataOf, string } from '../contract/helpers.js';
import { makeKey } from '../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { until } from '../support/service.js';
import { installedBrowser, launch } from './browser.js';
import { pushSample, type Sample } from './sample.js';
import { Visitor } from './visitor.js';

const FOLDER = fileURLToPath(new URL('../../docs/console', import.meta.url));
const MOST_BYTES = 150_000;
const QUALITY = 80;
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** On a phone, and in Chinese. */
const SOME = new Set(['overview', 'campaign', 'call', 'conversation']);
/** Lists of fifty rows that are all alike. */
const LONG = new Set(['calls', 'deliveries', 'audit']);

/** Of the recording. */
const SECONDS = 47;
const TURNS = [
  ['assistant', 'Hello, this is the furniture house on Lake Street. Do you have a moment?'],
  ['user', 'Yes, but be quick please.'],
  ['assistant', 'We measure your rooms for free this week. Would Saturday or Sunday suit you?'],
  ['user', 'Saturday afternoon. Is there really a present, too?'],
  ['assistant', 'Yes, a set of glasses for everybody who visits us. I note Saturday, three o’clock.'],
  ['user', 'Good, see you on Saturday.'],
  ['assistant', 'Thank you for your time. Goodbye.<hangup/>'],
].map(([role, content]) => ({ role, content }));

const isWanted = process.env['CONSOLE_PICTURES'] !== undefined;
if (!isWanted)
  console.warn('SKIPPED: the pictures are files of docs, which `npm run console:pictures` writes');
const executable = isWanted ? installedBrowser() : undefined;
const whenWanted = executable === undefined ? describe.skip : describe;

let ledger: TestLedger;
let browser: Browser;
let sample: Sample;
let entry: string;
/** A call with a note and a recording. */
let talked: string;

whenWanted('The pictures', () => {
  beforeAll(async () => {
    ledger = await startLedger({ JOURNAL_DIR: '', RECORDING_ALLOW_HOSTS: '127.0.0.1' });
    sample = await pushSample(ledger, 900);
    talked = await pushConversation();
    await makeKey(ledger, { name: 'CRM', scopes: ['calls:read', 'numbers:read'] });
    await makeKey(ledger, { name: 'Reporting', scopes: ['stats:read'], expiresAt: '2099-01-01' });
    const { id } = await makeKey(ledger, { name: 'Old report', scopes: ['stats:read', 'audit:read'] });
    await ask(`/v1/api-keys/${id}`, 'DELETE');
    const [{ callee } = {}] = dataOf(await ledger.get('/v1/calls?limit=1&order=asc'));
    await ask('/v1/erasures', 'POST', { number: callee, reason: 'Asked for by the person' });
    await until('the erasure', async () =>
      dataOf(await ledger.get('/v1/erasures')).every(({ status }) => status === 'done'),
    );
    const [found] = dataOf(await ledger.get(`/v1/quarantine?deliveryId=${sample.delivery}`));
    entry = string(found?.['id']);
    browser = await launch(executable ?? '');
    mkdirSync(FOLDER, { recursive: true });
  });
  afterAll(async () => {
    await browser.close();
    await ledger.stop();
  });

  const views = (): [name: string, hash: string][] => [
    ['overview', '/overview?span=7d&compare=1'],
    ['campaigns', '/tasks'],
    ['campaign', `/tasks/${sample.taskId}`],
    ['redials', `/details/${sample.redialled}`],
    ['calls', '/calls?answered=true'],
    ['call', `/calls/${encodeURIComponent(sample.corrected)}`],
    ['conversation', `/calls/${encodeURIComponent(talked)}`],
    ['deliveries', '/deliveries'],
    ['delivery', `/deliveries/${sample.delivery}`],
    ['quarantine', '/quarantine'],
    ['quarantined', `/quarantine/${entry}`],
    ['drift', '/drift'],
    ['keys', '/keys'],
    ['audit', '/audit'],
    ['erasures', '/erasures'],
  ];

  it.each([
    ['light', 'en-GB', WIDE],
    ['dark', 'en-GB', WIDE],
    ['phone', 'en-GB', PHONE],
    ['chinese', 'zh-CN', WIDE],
  ] as const)('%s are taken, each small', async (kind, locale, viewport) => {
    const visitor = await Visitor.at(browser, ledger.url, {
      locale,
      viewport,
      colorScheme: kind === 'dark' ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    const isAll = kind === 'light' || kind === 'dark';
    if (isAll) await take(visitor, `sign-in-${kind}`);
    await visitor.signIn(API_KEY);
    for (const [name, hash] of views()) {
      if (!isAll && !SOME.has(name)) continue;
      await visitor.open(hash);
      if (name === 'conversation') await openMessages(visitor);
      await visitor.page.mouse.move(0, 0);
      await take(visitor, `${name}-${kind}`, LONG.has(name));
    }
    await visitor.leave();
  });
});

/** Gives an answered call the vendor's other two messages, the note with a correction. @returns its id */
async function pushConversation(): Promise<string> {
  const store = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'audio/wav' }).end(silence(SECONDS * SAMPLES_A_SECOND));
  });
  await once(store.listen(0, '127.0.0.1'), 'listening');
  const { port } = store.address() as AddressInfo;
  const [call = {}] = dataOf(await ledger.get(`/v1/calls?answered=true&minDuration=${SECONDS}&limit=1`));
  const { callId, taskId, batchId, detailId, outId, realCaller } = call;
  const ids = { callId, taskId, batchId, detailId, outId };
  const note = (majorIntent: string) => ({
    ...ids,
    ...{ majorIntent, outputTags: { visits: 'yes', topics: ['measuring', 'present'] } },
    ...{ conversationRecord: JSON.stringify(TURNS), call_times: 1, realCaller },
  });
  const recordFile = `http://127.0.0.1:${port}/1.wav?Signature=simulated`;
  await ledger.push([note('B'), { ...ids, recordFile, duration: SECONDS }]);
  await ledger.push([note('A')]);
  await until(
    'the recording',
    async () => dataOf(await ledger.get('/v1/calls?recordingState=kept')).length > 0,
  );
  store.close();
  return string(callId);
}

/** Lets the page show the conversation, with what a person looks for in it, and the player. */
async function openMessages({ page }: Visitor): Promise<void> {
  const buttons = page.locator('.actions > button', { hasText: /^(Show the c|Load|显示对话|加载)/ });
  await buttons.first().waitFor();
  while ((await buttons.count()) > 0) await buttons.first().click();
  await page.locator('audio').waitFor();
  await page.locator('.turn').first().waitFor();
  await page.evaluate('scrollTo(0, 0)');
}

async function ask(path: string, method: string, body?: object): Promise<void> {
  const answer = await ledger.request(path, {
    method,
    headers: { authorization: `Bearer ${API_KEY}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect([path, Math.floor(answer.status / 100)]).toEqual([path, 2]);
}

/** Of the whole view, unless it is a long list. */
async function take({ page }: Visitor, name: string, isLong = false): Promise<void> {
  const { width = 0, height: least = 0 } = page.viewportSize() ?? {};
  const whole = Number(await page.evaluate('document.documentElement.scrollHeight'));
  const height = isLong ? least : Math.min(Math.max(whole, least), 2 * least);
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', {
    format: 'webp',
    quality: QUALITY,
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width, height, scale: 1 },
  });
  await devtools.detach();
  const picture = Buffer.from(data, 'base64');
  expect([name, picture.length < MOST_BYTES]).toEqual([name, true]);
  writeFileSync(join(FOLDER, `${name}.webp`), picture);
}
