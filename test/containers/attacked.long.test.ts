// The service in a container with 1 GiB of memory, while bodies are pushed that try to use up memory: it is not ended, keeps
// everything, and takes the pushes of others. CONTAINER_ATTACKS=all takes all bodies of the attack.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTACK_BODIES, type AttackBody, packed } from '../attack/bodies.js';
import { type PushAnswer, Pusher } from '../fuzz/pusher.js';
import { Container } from '../support/container.js';
import { builtImage, HAS_CONTAINERS, IS_LONG_FORM, NOT_IN_SHORT } from '../support/container-image.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

const LONGEST_TEST_MS = 600_000;
/** The service gives a body 60 s of a thread's time, after those before it, and others are at work on this machine. */
const LONGEST_ANSWER_MS = 480_000;
const MEMORY_MB = Number(process.env['CONTAINER_MEMORY_MB'] ?? 1024);
/** Those that take the most memory, by the measurements in docs/operations.md. */
const IN_SHORT = ['2,000,000 fields', '50,000 records', '30 MB of backslashes'];
const BODIES = ATTACK_BODIES.filter(
  ({ name }) => process.env['CONTAINER_ATTACKS'] === 'all' || IN_SHORT.includes(name),
);
const isWanted = HAS_CONTAINERS && IS_LONG_FORM;
/** Each source has one thread at a time: with several, all threads are at work. */
const ATTACKERS = ['attacker', 'another', 'third'] as const;
const tokenOf = (source: string) => `push-token-of-${source}`;
const PUSH_TOKENS = ['vendor', ...ATTACKERS].map((source) => `${source}=${tokenOf(source)}`).join();

let database: TestDatabase;
let container: Container;
const peaks: string[] = [];

beforeAll(async () => {
  if (!isWanted) return;
  const image = await builtImage();
  database = await createDatabase();
  const options = {
    image,
    databaseUrl: database.url,
    memory: `${MEMORY_MB}m`,
    environment: { PUSH_TOKENS },
  };
  container = await (await Container.start(options)).ready();
}, LONGEST_TEST_MS);
afterAll(async () => {
  if (!isWanted) return;
  console.log(`Memory at most, of ${MEMORY_MB} MB:\n${peaks.join('\n')}`);
  await container.remove();
  await database.drop();
}, LONGEST_TEST_MS);

if (HAS_CONTAINERS && !isWanted) console.warn(NOT_IN_SHORT);
(isWanted ? describe : describe.skip)(`With ${MEMORY_MB} MB, the service is not ended by`, () => {
  it.each(BODIES.map((body) => [body.name, body] as const))(
    '%s, from three sources at once, twice',
    async (name, body) => {
      const small = await besideSmallPushes(() => attack(body));
      peaks.push(`${name.padEnd(60)} ${await container.peakMemoryMb()} MB, ${small.result.join(' ')}`);
      expect(small.refused).toEqual([]);
      await until('the small pushes to be in the ledger', async () => {
        const [row] = await database.query<{ count: number }>(
          'SELECT count(*)::int AS count FROM calls WHERE call_id = ANY($1)',
          [small.acknowledged],
        );
        return row?.count === small.acknowledged.length;
      });
      expect(await container.inspect('{{.State.OOMKilled}} {{.State.Running}}')).toBe('false true');
    },
    LONGEST_TEST_MS,
  );
});

/** What was acknowledged is a delivery, and what was refused as unreadable is in the quarantine. 503 is refused for now. */
async function attack({ make }: AttackBody): Promise<readonly number[]> {
  const answers = await Promise.all(
    ATTACKERS.flatMap((source) =>
      [0, 1].map((index) => pushPacked(source, make(`${source}-${index}-${Date.now()}`))),
    ),
  );
  expect(answers.filter(({ status }) => ![200, 400, 503].includes(status))).toEqual([]);
  const kept = answers.filter(({ status }) => status !== 503).map(({ deliveryId = 'none' }) => deliveryId);
  await until('what was answered to be in the database', async () => {
    const rows = await database.query(
      `SELECT FROM unnest($1::text[]) AS t(id) WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.id::text = t.id)
        AND NOT EXISTS (SELECT FROM quarantine q WHERE q.delivery_id::text = t.id)`,
      [kept],
    );
    return rows.length === 0;
  });
  return answers.map(({ status }) => status).sort();
}

async function pushPacked(source: string, body: Buffer): Promise<PushAnswer> {
  const pusher = new Pusher(container.url, tokenOf(source), LONGEST_ANSWER_MS);
  const headers = { 'content-encoding': 'gzip' };
  try {
    return await pusher.push({ index: 0, kind: source, bytes: packed(body), headers, isChunked: false });
  } finally {
    pusher.close();
  }
}

async function besideSmallPushes<T>(
  work: () => Promise<T>,
): Promise<{ readonly acknowledged: string[]; readonly refused: number[]; readonly result: T }> {
  const acknowledged: string[] = [];
  const refused: number[] = [];
  const over = new AbortController();
  const vendor = (async () => {
    for (let index = 0; !over.signal.aborted; index += 1) {
      const callId = `small-${Date.now()}-${index}`;
      const answer = await fetch(`${container.url}/push/${tokenOf('vendor')}/call-reports`, {
        method: 'POST',
        body: JSON.stringify([record(callId)]),
      });
      await answer.arrayBuffer();
      if (answer.status === 200) acknowledged.push(callId);
      else refused.push(answer.status);
    }
  })();
  try {
    const result = await work();
    return { acknowledged, refused, result };
  } finally {
    over.abort();
    await vendor;
  }
}
