// Random operations of several clients over two processes, which are cut off and killed, and a database that stops,
// held against the rule of what stands in the ledger (reference.ts).
//
// `npm test` runs a short form; `npm run test:model` the long one. MODEL_SEED repeats a run.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { Driver } from './driver.js';
import { Tally } from './notes.js';
import { Stage } from './stage.js';

const SEEDS = Number(process.env['MODEL_SEEDS'] ?? 1);
const OPERATIONS = Number(process.env['MODEL_OPERATIONS'] ?? 90);
const FIRST_SEED = Number(process.env['MODEL_SEED'] ?? Math.floor(Math.random() * 1e9));
const EACH = Math.ceil(OPERATIONS / SEEDS);
/** Five a second, on a quiet machine. */
const LONGEST_RUN_MS = 240_000 + EACH * 2000;

const tally = new Tally();
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => {
  await stage.remove();
  console.log(`MODEL_SEED=${FIRST_SEED} MODEL_SEEDS=${SEEDS}\n${tally.report()}`);
});

describe('Whatever happens in whatever order, the ledger holds what the rule says', () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index))(
    'by the seed %i',
    async (seed) => {
      tally.add('runs');
      await Driver.run(stage, seed, EACH, tally);
    },
    LONGEST_RUN_MS,
  );
});
