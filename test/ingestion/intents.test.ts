// The statistics count each call under the intent of its note, whichever of both was written first, and by whom.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Journal } from '../../src/ingestion/journal/journal.js';
import { Dice } from '../fuzz/dice.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { PUSH_TOKEN } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { rollupDifferences } from '../support/rollups.js';

const SEED = Number(process.env['INTENTS_SEED'] ?? Math.floor(Math.random() * 1e9));
const CALLS = Number(process.env['INTENTS_CALLS'] ?? 300);
const CLIENTS = 6;

let database: TestDatabase;
let instances: Instance[];

beforeAll(async () => {
  database = await createDatabase();
  instances = [await Instance.start(database.url), await Instance.start(database.url)];
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

it('after messages of all kinds in any order from two services', async () => {
  console.log(`INTENTS_SEED=${SEED}`);
  const dice = new Dice(SEED, 1);
  const left = messages(dice);
  const client = async (index: number) => {
    const { url } = instances[index % instances.length] ?? { url: '' };
    for (
      let push = left.splice(0, 1 + dice.below(8));
      push.length > 0;
      push = left.splice(0, 1 + dice.below(8))
    ) {
      const body = JSON.stringify(push);
      const answer = await fetch(`${url}/push/${PUSH_TOKEN}/call-reports`, { method: 'POST', body });
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
  await until('the journals to be empty', () =>
    instances.every(({ app }) => app.get(Journal, { strict: false }).isEmpty),
  );
  expect(await database.query('SELECT count(*)::int AS calls FROM calls')).toEqual([{ calls: CALLS }]);
  expect(await database.query('SELECT count(*)::int AS notes FROM call_notes')).toEqual([{ notes: CALLS }]);
  expect(await rollupDifferences(database)).toEqual([]);
  const intents = await database.query(
    'SELECT major_intent, sum(calls)::int AS calls FROM call_rollups GROUP BY 1 HAVING sum(calls) > 0 ORDER BY 1',
  );
  expect(intents.length).toBeGreaterThan(2);
});
