// The simulator plays notes and recordings, and its verification tells whether a real ledger has them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CallFactory } from '../../simulator/records/call-factory.js';
import { MessageFactory } from '../../simulator/records/message-factory.js';
import { RecordingServer } from '../../simulator/recording-server.js';
import { exitCodeOf, summaryText } from '../../simulator/reporting/summary.js';
import { simulate } from '../../simulator/simulation.js';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { campaignOptions, simulatorOptions } from './example-options.js';
import { SilentProgress } from './silent-progress.js';
import { verified } from './verified-run.js';

const MESSAGES = { calls: 60, notes: true, recordings: true } as const;

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await startLedger({ RECORDING_ALLOW_HOSTS: '127.0.0.1' });
});
afterAll(() => ledger.stop());

async function played(to: TestLedger, seed: string, misdirected: boolean) {
  const campaign = campaignOptions({ ...MESSAGES, seed, duplicates: 0.3, reorder: 0.3 });
  const store = await RecordingServer.listening(campaign);
  const options = simulatorOptions(to.url, campaign, { token: PUSH_TOKEN, apiKey: API_KEY });
  const result = await simulate(
    { ...options, verifyTimeoutMs: 60_000, vendor: { ...options.vendor, misdirected } },
    new SilentProgress(),
    new AbortController().signal,
    undefined,
    store.url,
  );
  await store.close();
  if (result.verification?.conversations == null)
    throw new Error(`not verified: ${String(result.verificationError)}`);
  return { result, conversations: result.verification.conversations };
}

describe('Notes and recordings', () => {
  test.each([false, true])('come in as they were sent (to the URL of reports: %s)', async (misdirected) => {
    const { result, conversations } = await played(ledger, `directed ${misdirected}`, misdirected);
    expect(conversations.examples).toEqual([]);
    expect(conversations.notes).toBeGreaterThan(10);
    expect(conversations).toMatchObject({
      conversationsRight: conversations.notes,
      recordings: conversations.notes,
      recordingsRight: conversations.notes,
    });
    expect(exitCodeOf(result)).toBe(0);
    const pushes = await ledger.database.query<{ quarantined: number }>(
      'SELECT sum(quarantined)::int AS quarantined FROM deliveries',
    );
    expect(pushes).toEqual([{ quarantined: 0 }]);
  });

  test('that are not in the ledger are faults', async () => {
    const campaign = campaignOptions({ ...MESSAGES });
    const { verification, exitCode, result } = await verified({}, campaign);
    const { conversations } = verification;
    expect(conversations?.notes).toBeGreaterThan(10);
    expect(conversations).toMatchObject({ conversationsRight: 0, recordingsRight: 0 });
    expect(exitCode).toBe(1);
    expect(summaryText(result)).toContain('no conversation: ');
    expect(summaryText(result)).toContain('no recording: ');
  });

  test('are in Chinese and English, the same for the same seed, and hold no number', () => {
    const campaign = campaignOptions({ ...MESSAGES, tasks: 20, calls: 2000 });
    const notes = [0, 1].map(() => {
      const factory = new CallFactory(campaign);
      const messages = new MessageFactory(factory);
      const calls = Array.from({ length: campaign.calls }, (_, call) => call);
      const answered = calls.filter((call) => messages.hasConversation(call));
      return answered.map((call) => JSON.stringify(messages.conversation(call)));
    });
    expect(notes[0]).toEqual(notes[1]);
    const all = (notes[0] ?? []).join('\n');
    expect(all).toMatch(/是否来店/);
    expect(all).toMatch(/measuring/);
    expect(all).not.toMatch(/\d/);
  });
});
