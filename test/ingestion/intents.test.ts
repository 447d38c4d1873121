// The statistics count each call under the intent of its note, whichever of both was written first, and by whom.
// TEST_FORM=long: 100,000 messages.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Journal } from '../../src/ingestion/journal/journal.js';
import { Dice } from '../fuzz/dice.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { IS_LONG } from '../support/form.js';
import { API_KEY, PUSH_TOKEN } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { rollupDifferences } from '../support/rollups.js';

const SEED = Number(process.env['INTENTS_SEED'] ?? Math.floor(Math.random() * 1e9));
/** Each has four messages, and two of five have a fifth one. */
const CALLS = Number(process.env['INTENTS_CALLS'] ?? (IS_LONG ? 23_000 : 300));
const CLIENTS = 6;
const MOST_A_PUSH = IS_LONG ? 40 : 8;
const LONGEST_MS = IS_LONG ? 3_600_000 : 300_000;

let database: TestDatabase;
let instances: Instance[];

beforeAll(async () => {
  database = await createDatabase();
  // Pushes that wait for long would go through the journal, which is not what this test is about.
  const settings = { ACK_DEADLINE_MS: '60000' };
  instances = [await Instance.start(database.url, settings), await Instance.start(database.url, settings)];
});
afterAll(async () => {
  for (const instance of instances) await instance.remove();
  await database.drop();
});

/** Several messages of each call, in any order. */
function messages(dice: Dice): object[] {
  const all = Array.from({ length: CALLS }, (_, index) => {
    const callId = `call-${index}`;
    const notes = [dice.pick(['A', 'B']), dice.pick(['B', 'C', ''])].map((majorIntent) => ({
      callId,
      majorIntent,
    }));
    const reports = [record(callId), record(callId, { statusCode: dice.pick(['200001', '200002']) })];
    const recording = { callId, recordFile: `http://store.example/${index}.wav` };
    return [...notes, recording, reports[0] ?? {}, ...(dice.chance(0.4) ? reports.slice(1) : [])];
  });
  return all
    .flat()
    .map((message) => ({ message, place: dice.below(1_000_000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ message }) => message);
}

interface Sum extends Record<string, unknown> {
  readonly majorIntent: string | null;
  readonly statusCode: string;
  readonly calls: number;
}

/** What the statistics answer, and what a GROUP BY over the rows gives. */
async function intents(): Promise<Record<'answered' | 'grouped', string[]>> {
  const headers = { authorization: `Bearer ${API_KEY}` };
  const answer = await fetch(`${instances[0]?.url}/v1/stats/calls?groupBy=majorIntent,statusCode`, {
    headers,
  });
  const { data } = (await answer.json()) as { data: Sum[] };
  const grouped = await database.query<Sum>(
    `SELECT n.major_intent AS "majorIntent", c.status_code AS "statusCode", count(*)::int AS calls
      FROM calls c LEFT JOIN call_notes n USING (call_id) GROUP BY 1, 2`,
  );
  const lines = (rows: readonly Sum[]) =>
    rows
      .map(({ majorIntent, statusCode, calls }) => `${majorIntent} ${statusCode}: ${calls}`)
      .sort((a, b) => (a < b ? -1 : 1));
  return { answered: lines(data), grouped: lines(grouped) };
}

/** Pushes as the vendor does: three times more, after any other answer than 200. On a busy machine, it may be 408. */
async function push(url: string, messages: readonly object[]): Promise<void> {
  const body = JSON.stringify(messages);
  // A connection that is kept may be closed at the very moment when it is used again.
  const request = { method: 'POST', body, headers: { connection: 'close' } };
  let status = 0;
  for (let tries = 0; tries < 4 && status !== 200; tries += 1) {
    const answer = await fetch(`${url}/push/${PUSH_TOKEN}/call-reports`, request);
    await answer.arrayBuffer();
    status = answer.status;
  }
  expect(status).toBe(200);
}

async function pushAll(dice: Dice): Promise<void> {
  const left = messages(dice);
  console.log(`INTENTS_SEED=${SEED}: ${left.length} messages`);
  let at = 0;
  const next = () => left.slice(at, (at += 1 + dice.below(MOST_A_PUSH)));
  const client = async (index: number) => {
    const { url } = instances[index % instances.length] ?? { url: '' };
    for (let messages = next(); messages.length > 0; messages = next()) await push(url, messages);
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
}

/** Waits as long as the journals get emptier. */
async function journalsEmpty(): Promise<void> {
  const areEmpty = () => instances.every(({ app }) => app.get(Journal, { strict: false }).isEmpty);
  while (!areEmpty()) {
    const before = await deliveries();
    await until('a delivery of the journals', async () => areEmpty() || (await deliveries()) > before);
  }
}

async function deliveries(): Promise<number> {
  const [row] = await database.query<{ count: number }>('SELECT count(*)::int AS count FROM deliveries');
  return row?.count ?? 0;
}

it(
  'after messages of all kinds in any order from two services',
  async () => {
    await pushAll(new Dice(SEED, 1));
    await journalsEmpty();
    expect(await database.query('SELECT count(*)::int AS calls FROM calls')).toEqual([{ calls: CALLS }]);
    expect(await database.query('SELECT count(*)::int AS notes FROM call_notes')).toEqual([{ notes: CALLS }]);
    expect(await rollupDifferences(database)).toEqual([]);
    const { answered, grouped } = await intents();
    expect(answered).toEqual(grouped);
    expect(answered.length).toBeGreaterThan(5);
  },
  LONGEST_MS,
);
