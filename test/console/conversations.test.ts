// What was said in calls, their recordings and what people wanted, as the console shows them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { SAMPLES_A_SECOND, silence } from '../../simulator/records/audio.js';
import { dataOf, object } from '../contract/helpers.js';
import { makeKey } from '../support/api-keys.js';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { installedBrowser, launch } from './browser.js';
import { Visitor } from './visitor.js';

const SECONDS = 3;
const TURNS = [
  { role: 'assistant', content: 'Hello, would Saturday suit you?' },
  { role: 'user', content: 'Saturday? <b>No</b>, \u202Eanother day.' },
  { role: 'assistant', content: 'Then goodbye. <hangup/>' },
];
const PHONE = { width: 390, height: 844 };

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

const store = createServer((request, response) => {
  if (request.url?.startsWith('/kept.wav') === true)
    response.writeHead(200, { 'content-type': 'audio/x-wav' }).end(silence(SECONDS * SAMPLES_A_SECOND));
  else response.writeHead(404).end();
});
let ledger: TestLedger;
let browser: Browser;
let visitor: Visitor;

inBrowser('Conversations, recordings and intents in the console', () => {
  beforeAll(async () => {
    store.listen(0, '127.0.0.1');
    await once(store, 'listening');
    ledger = await startLedger({ RECORDING_ALLOW_HOSTS: '127.0.0.1' });
    await pushAll(`http://127.0.0.1:${(store.address() as AddressInfo).port}`);
    browser = await launch(executable ?? '');
    visitor = await Visitor.at(browser, ledger.url);
    await visitor.signIn(API_KEY);
  });
  afterAll(async () => {
    await visitor.leave();
    await browser.close();
    await ledger.stop();
    store.close();
  });

  it('shows what was said when somebody wants it, which is recorded, and finds words in it', async () => {
    const { page } = visitor;
    await visitor.open('/calls/talked');
    await visitor.sees('Intent: A', 'visit: yes', '3 turns');
    expect(await reads('conversation.read')).toBe(0);
    await page.getByRole('button', { name: 'Show the conversation' }).click();
    await visitor.sees('Saturday? <b>No</b>, \\u202Eanother day.', 'Then goodbye. <hangup/>');
    expect(await reads('conversation.read')).toBe(1);
    const roles = page.locator('.turn > :first-child');
    expect(await roles.allInnerTexts()).toEqual(['Assistant', 'Callee', 'Assistant']);
    await page.getByLabel('Find in the conversation').fill('SATURDAY');
    await visitor.sees('1 of 2');
    await page.keyboard.press('Enter');
    await visitor.sees('2 of 2');
    expect(await page.locator('.turn-user .found-here').innerText()).toBe('Saturday');
    expect(await visitor.violations()).toEqual([]);
    await page.getByLabel('Find in the conversation').fill('(');
    await visitor.sees('Not found');
  });

  it.each(['light', 'dark'] as const)('has no fault that axe finds, in %s', async (colorScheme) => {
    await visitor.page.emulateMedia({ colorScheme });
    // Another page than the test before left: what was asked for there is closed again.
    await visitor.open('/keys');
    for (const hash of ['/calls/talked', '/calls?majorIntent=A&recordingState=kept', '/tasks/task-1']) {
      await visitor.open(hash);
      if (hash === '/calls/talked') await visitor.page.getByRole('button', { name: /^Show the con/ }).click();
      await visitor.settled();
      expect([hash, await visitor.violations()]).toEqual([hash, []]);
    }
  });

  it('plays a recording that is kept, and goes to any place of it', async () => {
    const { page } = visitor;
    await visitor.open('/calls/talked');
    expect(await reads('recording.read')).toBe(0);
    await page.getByRole('button', { name: 'Load the recording (24.0 kB)' }).click();
    await visitor.holds(`document.querySelector('audio')?.duration === ${SECONDS}`);
    await page.evaluate(`document.querySelector('audio').currentTime = 2`);
    await visitor.holds(
      `!document.querySelector('audio').seeking && document.querySelector('audio').currentTime === 2`,
    );
    expect(await reads('recording.read')).toBe(1);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    expect((await saved).suggestedFilename()).toBe('talked.wav');
  });

  it('tells recordings apart that it does not have', async () => {
    const states: [callId: string, words: (string | RegExp)[]][] = [
      ['failed', ['Download failed', /tries again/, /404/]],
      ['expired', ['Expired', /lost to the ledger/]],
      ['removed', ['Deleted', /retention time is over/]],
      ['off', ['Not kept', /keeps no recordings/]],
      ['announced', ['Waiting', /will download it/]],
    ];
    for (const [callId, words] of states) {
      await visitor.open(`/calls/${callId}`);
      await visitor.sees(...words);
      expect(await visitor.page.getByRole('button', { name: /Load the recording/ }).count()).toBe(0);
    }
  });

  it('says in the history which message each content is of', async () => {
    await visitor.open('/calls/talked');
    await visitor.sees('First content.');
    const heads = await visitor.page.locator('.history-head').allInnerTexts();
    const words = heads.map((head) => head.replaceAll(/\s+/g, ' ').trim());
    expect(words).toEqual([
      expect.stringMatching(/^Recording Revision 1 Current/),
      expect.stringMatching(/^Note Revision 2 Current/),
      expect.stringMatching(/^Note Revision 1 /),
      expect.stringMatching(/^Report Revision 1 Current/),
    ]);
  });

  it('offers neither to a key that may not have them', async () => {
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    const reader = await Visitor.at(browser, ledger.url);
    await reader.signIn(key);
    await reader.open('/calls/talked');
    await reader.sees('The ledger has this recording.', 'Intent: A');
    expect(await reader.page.getByRole('button', { name: /^(Show the|Load the)/ }).count()).toBe(0);
    await reader.leave();
  });

  it('filters calls by intent, tag and state of the recording', async () => {
    const { page } = visitor;
    await visitor.open('/calls/talked');
    await page.getByRole('link', { name: 'city: a, b:c' }).first().click();
    await visitor.settled();
    await until('1 of the calls', async () => (await rowsShown()) === 1);
    await visitor.open('/calls?majorIntent=A');
    await until('2 of the calls', async () => (await rowsShown()) === 2);
    await page.getByText('Filters', { exact: true }).click();
    await page.locator('select[name=recordingState]').selectOption({ label: 'Expired' });
    await page.getByRole('button', { name: 'Apply' }).click();
    await visitor.sees('Intent:', 'Recording:');
    await visitor.settled();
    await until('1 of the calls', async () => (await rowsShown()) === 1);
  });

  it('shows what the people of a campaign wanted, and the way there', async () => {
    await visitor.open('/tasks/task-1');
    const steps = await visitor.page.locator('.funnel li').allInnerTexts();
    const words = steps.map((step) => step.replaceAll(/\s+/g, ' ').trim());
    expect(words).toEqual([
      'Called 8',
      'Answered 6 75.0% of calls',
      expect.stringMatching(/^Talked \d/),
      'Intent known 3 50.0% of answered',
    ]);
    await visitor.page.getByRole('link', { name: 'Intent known' }).click();
    await visitor.sees('3 shown');
    await visitor.open('/tasks/task-1');
    const intents = visitor.page.locator('.panel', { hasText: 'Intents' }).last();
    await intents.getByRole('link', { name: 'A', exact: true }).click();
    await visitor.sees('2 shown');
  });

  it('fits a phone, in Chinese too', async () => {
    const phone = await Visitor.at(browser, ledger.url, { viewport: PHONE, locale: 'zh-CN' });
    await phone.signIn(API_KEY);
    await phone.open('/calls/talked');
    await phone.page.getByRole('button', { name: '显示对话' }).click();
    await phone.sees('机器人', '被叫');
    await phone.page.getByRole('button', { name: /^加载录音/ }).click();
    await phone.page.locator('audio').waitFor();
    expect(await phone.page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    expect(await phone.violations()).toEqual([]);
    await phone.leave();
  });
});

/** Eight calls of a campaign, four with notes, six with recordings in all their states. */
async function pushAll(origin: string): Promise<void> {
  const ids = ['talked', 'failed', 'expired', 'removed', 'off', 'announced'];
  const missed = record('missed', { startTime: null, endTime: null, smartStatusCode: 'NO_ANSWER' });
  // A voicemail is no answer, and still has a note.
  const voicemail = { ...missed, callId: 'voicemail', smartStatusCode: 'INTELLIGENT_ANSWER' };
  await ledger.push([...ids.map((callId) => record(callId)), missed, voicemail]);
  await push('call-notes', [note('talked', 'B', {})]);
  await push('call-notes', [
    note('talked', 'A', { visit: 'yes', city: 'a, b:c' }),
    note('expired', 'A', {}),
    note('failed', 'B', {}),
    note('voicemail', 'C', {}),
  ]);
  const recordFile = (callId: string) => `${origin}/${callId === 'failed' ? 'lost' : 'kept'}.wav?Signature=x`;
  await push(
    'call-recordings',
    ids.map((callId) => ({ taskId: 'task-1', callId, recordFile: recordFile(callId), duration: SECONDS })),
  );
  await until('what becomes of the recordings', async () => {
    const calls = dataOf(await ledger.get('/v1/calls?recordingState=kept,failed'));
    return calls.length === ids.length;
  });
  // Of these states, time or the settings are the cause.
  for (const state of ['expired', 'removed', 'off', 'announced'])
    await ledger.database.query(
      `UPDATE call_recordings SET state = $1, expires_at = CASE WHEN $1 = 'off' THEN now() ELSE expires_at END
        WHERE call_id = $1`,
      [state],
    );
}

function note(callId: string, majorIntent: string, outputTags: Record<string, unknown>) {
  const conversationRecord = JSON.stringify(TURNS);
  return { taskId: 'task-1', callId, majorIntent, outputTags, conversationRecord, call_times: 1 };
}

async function push(kind: string, records: readonly unknown[]): Promise<void> {
  const body = JSON.stringify(records);
  const answer = await ledger.request(`/push/${PUSH_TOKEN}/${kind}`, { method: 'POST', body });
  expect(answer.status).toBe(200);
}

/** How often something was read, by the audit. */
async function reads(action: string): Promise<number> {
  return dataOf(await ledger.get(`/v1/audit-events?action=${action}`)).map(object).length;
}

function rowsShown(): Promise<number> {
  return visitor.page.locator('main tbody tr').count();
}
