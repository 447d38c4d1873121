// Rare intents, tags and states of recordings are found without reading the calls that do not have them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CallFilter } from '../../../src/query/calls/call-filter.js';
import { ExplainedCalls } from './explained-calls.js';

const CALLS = 40_000;
const PAGE = 50;
/**
 * All notes are in 900 buffers of 8 kB, which is what it takes at most to find a few among them. To look at all calls takes
 * 1,000 more, and to look for their notes three for each call.
 */
const MOST_BUFFERS = 1500;

const INSERTS = [
  `INSERT INTO calls (call_id, occurred_at, first_received_at, last_received_at, delivery_id, revision, answered, source,
      content_hash)
    SELECT md5(n::text), now() + n * interval '1 s', now(), now(), gen_random_uuid(), 1, true, 'vendor', ''
    FROM generate_series(1, $1::int) AS n`,
  `INSERT INTO call_notes (call_id, first_received_at, last_received_at, delivery_id, revision, turns, source, content_hash,
      major_intent, output_tags)
    SELECT md5(n::text), now(), now(), gen_random_uuid(), 1, 0, 'vendor', '',
      CASE WHEN n % 4000 = 1 THEN 'rare' WHEN n % 2 = 0 THEN 'A' ELSE 'B' END,
      jsonb_build_object('visit', (ARRAY['yes', 'no'])[n % 2 + 1],
        'topics', jsonb_build_array('price', CASE WHEN n % 4000 = 1 THEN 'rare' ELSE 'place' END))
    FROM generate_series(1, $1::int) AS n`,
  `INSERT INTO call_recordings (call_id, first_received_at, last_received_at, delivery_id, revision, source, content_hash,
      announced_at, expires_at, tries, state)
    SELECT md5(n::text), now(), now(), gen_random_uuid(), 1, 'vendor', '', now(), now(), 1,
      CASE WHEN n % 4000 = 1 THEN 'expired' ELSE 'kept' END
    FROM generate_series(1, $1::int) AS n`,
];

let explained: ExplainedCalls;

beforeAll(async () => {
  explained = await ExplainedCalls.of(async (plain) => {
    for (const insert of INSERTS) await plain.query(insert, [CALLS]);
  });
});
afterAll(() => explained.end());

it.each<[string, CallFilter, number]>([
  ['a rare intent', { majorIntent: ['rare'] }, 10],
  ['no such intent', { majorIntent: ['none'] }, 0],
  ['a rare tag', { tag: ['topics:rare'] }, 10],
  ['a rare tag among others', { tag: ['topics:rare', 'visit:no'] }, 10],
  ['no such tag', { tag: ['topics:none'] }, 0],
  ['tags and intents that never meet', { majorIntent: ['A'], tag: ['visit:no', 'topics:price'] }, 0],
  ['a frequent tag', { tag: ['visit:no'] }, PAGE],
  ['a rare state of recordings', { recordingState: ['expired'] }, 10],
  ['no such state of recordings', { recordingState: ['failed', 'announced'] }, 0],
  ['calls with notes and recordings', { hasNote: true, hasRecording: true }, PAGE],
])('A page reads little: %s', async (_name, filter, found) => {
  const page = await explained.calls.list(filter, { sources: null }, 'desc', undefined, {
    limit: PAGE,
    fields: ['callId'],
  });
  expect(page.calls).toHaveLength(found);
  const buffers = explained.takeBuffers().reduce((sum, each) => sum + each, 0);
  expect(buffers).toBeGreaterThan(0);
  expect(buffers).toBeLessThan(MOST_BUFFERS);
});
