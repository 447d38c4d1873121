// How fast records are taken, answered after their commit, beside COPY and beside what one would write otherwise.
import type { Context } from '../context.js';
import { type Finding, median, type Target } from '../support/finding.js';
import { say } from '../support/progress.js';
import { withClient } from '../support/server.js';
import { type Contender, startContenders } from './contenders.js';
import { type Cost, type Slot, Turns } from './slot.js';

const SIZES = [1, 20, 100, 1000];
const OF_THE_LIMIT: Readonly<Record<number, Target>> = { 100: { atLeast: 0.65 }, 1000: { atLeast: 0.65 } };
const TIMES_THE_BASELINE: Readonly<Record<number, Target>> = { 1: { atLeast: 4 }, 100: { atLeast: 8 } };
const WARM_UP_SECONDS = 1;

type Round = Readonly<Record<Contender['name'], Slot>>;

export async function benchIngest(context: Context): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const rows of context.options.quick ? [0] : [0, context.options.rows]) {
    findings.push(...(await onRows(context, rows)));
  }
  return findings;
}

async function onRows({ ending, server, options }: Context, rows: number): Promise<Finding[]> {
  const database = await server.ledger(rows);
  const contenders = await startContenders(ending, database);
  const findings: Finding[] = [];
  for (const size of options.sizes ?? SIZES) {
    // Every size begins with the same ledger, or with what little the others have added to millions.
    if (rows === 0) await withClient(database, (client) => client.query(EMPTY));
    const turns = new Turns(options.seconds, server.pid);
    for (const contender of contenders) {
      await turns.take(contender, size, WARM_UP_SECONDS);
      await turns.take(contender, size, WARM_UP_SECONDS);
    }
    const rounds: Round[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      rounds.push(
        await oneRound(contenders, turns, size, `${size} a push on ${rows} rows, round ${round}`, round),
      );
    }
    findings.push(...findingsOf(rounds, size, rows));
  }
  for (const contender of contenders) await contender.stop();
  await server.drop(database);
  return findings;
}

/** tasks and batches stay: the service remembers that they are there. */
const EMPTY = 'TRUNCATE calls, rollups, deliveries, delivery_bodies';

/** Each round in another order: whoever comes after a checkpoint pays for it. */
async function oneRound(
  contenders: readonly Contender[],
  turns: Turns,
  size: number,
  what: string,
  round: number,
): Promise<Round> {
  const slots = new Map<string, Slot>();
  const first = round % contenders.length;
  for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
    const slot = await turns.take(contender, size);
    say(`ingest · ${what}: ${contender.name} ${Math.round(slot.rate)} records/s`);
    slots.set(contender.name, slot);
  }
  const of = (name: Contender['name']): Slot => {
    const slot = slots.get(name);
    if (slot === undefined) throw new Error(`${name} had no turn`);
    return slot;
  };
  return { service: of('service'), limit: of('limit'), baseline: of('baseline') };
}

function findingsOf(rounds: readonly Round[], size: number, rows: number): Finding[] {
  const rate = (name: Contender['name']) => median(rounds.map((round) => round[name].rate));
  const cost = (name: Contender['name'], where: keyof Cost) =>
    median(rounds.map((round) => round[name].cost[where] ?? NaN));
  const what = `${size} a push, ${rows.toLocaleString('en')} rows`;
  const [ofLimit, ofBaseline] = [OF_THE_LIMIT[size], TIMES_THE_BASELINE[size]];
  return [
    {
      part: 'ingest',
      what: `${what}: of the limit`,
      value: rate('service') / rate('limit'),
      unit: '×',
      ...(ofLimit && { target: ofLimit }),
      details: {
        'service/s': rate('service'),
        'limit/s': rate('limit'),
        'service µs: node': cost('service', 'node'),
        database: cost('service', 'database'),
        client: cost('service', 'client'),
        'limit µs: database': cost('limit', 'database'),
        'client ': cost('limit', 'client'),
      },
    },
    {
      part: 'ingest',
      what: `${what}: of the baseline`,
      value: rate('service') / rate('baseline'),
      unit: '×',
      ...(ofBaseline && { target: ofBaseline }),
      details: {
        'baseline/s': rate('baseline'),
        'µs: node': cost('baseline', 'node'),
        database: cost('baseline', 'database'),
        client: cost('baseline', 'client'),
      },
    },
  ];
}
