// Statements of a transaction that are sent together, without waiting for each other's answers.
import 'reflect-metadata';
import { DataSource, type QueryRunner } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  BEGIN_SNAPSHOT,
  clientOf,
  type Connection,
  NOTHING,
  runTransaction,
} from '../../src/persistence/connections/clients.js';
import { dataSourceOptions, poolOptions } from '../../src/persistence/connections/data-source-options.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let dataSource: DataSource;
let runner: QueryRunner;
let connection: Connection;

beforeAll(async () => {
  database = await createDatabase();
  await database.query('CREATE TABLE kept (value integer PRIMARY KEY)');
  dataSource = await new DataSource(dataSourceOptions(database.url, 2, () => undefined)).initialize();
  runner = dataSource.createQueryRunner();
  connection = { client: clientOf(await runner.connect()), manager: runner.manager };
});
afterAll(async () => {
  await runner.release();
  await dataSource.destroy();
  await database.drop();
});
beforeEach(() => database.query('DELETE FROM kept'));

const insert = (value: number) => ({
  name: 'insert-value',
  text: 'INSERT INTO kept VALUES ($1)',
  values: [value],
});
const kept = async () =>
  (await database.query<{ value: number }>('SELECT value FROM kept ORDER BY value')).map(
    ({ value }) => value,
  );

/** The connection is in no transaction, and can be used. */
async function expectFree(): Promise<void> {
  const rows = await runTransaction(connection, {
    begin: 'BEGIN',
    lookUp: NOTHING,
    work: async (transaction) => (await transaction.query({ text: 'SELECT 1 AS one' })).rows,
  });
  expect(rows).toEqual([{ one: 1 }]);
  expect(connection.client.getTransactionStatus()).toBe('I');
}

it('What was looked up is there for the work, in the order in which it was asked for', async () => {
  const found = await runTransaction(connection, {
    begin: 'BEGIN',
    lookUp: (reader) =>
      Promise.all(
        ['first', 'second'].map(async (text) => {
          const rows: unknown[] = [];
          await reader.eachText({ text: 'SELECT $1::text', values: [text] }, (row) => rows.push(row) > 0);
          return rows;
        }),
      ),
    work: async (transaction, texts) => {
      await Promise.all([1, 2, 3].map((value) => transaction.query(insert(value))));
      return texts;
    },
  });
  expect(found).toEqual([[['first']], [['second']]]);
  expect(await kept()).toEqual([1, 2, 3]);
});

/** The rows that were given, of a statement that gives 1, 2, 3 or fails on the way. */
async function given(
  text: string,
  refused?: string,
): Promise<{ readonly rows: unknown[]; readonly end: unknown }> {
  const rows: unknown[] = [];
  const end: unknown = await runTransaction(connection, {
    begin: 'BEGIN',
    lookUp: NOTHING,
    work: (transaction) =>
      transaction.eachText({ text }, ([value]) => {
        if (value === refused) throw new Error(`${refused} was refused`);
        return rows.push(value) > 0;
      }),
  }).catch((error: unknown) => error);
  expect(connection.client.getTransactionStatus()).toBe('I');
  return { rows, end };
}

it('Rows are given one by one, as texts', async () => {
  expect(await given('SELECT generate_series(1, 3)')).toEqual({ rows: ['1', '2', '3'], end: undefined });
});

it('Where a query fails on the way, what it gave before stays given, and the transaction ends', async () => {
  const { rows, end } = await given('SELECT 6 / (3 - n) FROM generate_series(1, 5) AS n');
  expect(rows).toEqual(['3', '6']);
  expect(String(end)).toContain('division by zero');
});

it('Who refuses a row gets no further one, and the transaction ends with the refusal', async () => {
  const { rows, end } = await given('SELECT generate_series(1, 3)', '2');
  expect(rows).toEqual(['1']);
  expect(String(end)).toContain('2 was refused');
});

describe('Who takes no more rows', () => {
  /** Takes rows up to the second, in a transaction that inserts 1 if it writes. */
  async function taken(begin: string, sql: string, on = connection): Promise<(string | null | undefined)[]> {
    const rows: (string | null | undefined)[] = [];
    await runTransaction(on, {
      begin,
      lookUp: NOTHING,
      work: async (transaction) => {
        if (begin === 'BEGIN') await transaction.query(insert(1));
        await transaction.eachText({ text: sql }, ([value]) => rows.push(value) < 2);
      },
    });
    return rows;
  }

  it('gets none, and the connection is as before', async () => {
    expect(await taken('BEGIN', 'SELECT generate_series(1, 1000)')).toEqual(['1', '2']);
    expect(await kept()).toEqual([1]);
    await expectFree();
  });

  it.each([
    [1000, 'also where more would come'],
    [3, 'also where the last one is the one too many'],
  ])(
    'does not wait for large ones (%i): what was read is kept, and the pool drops the connection, %s',
    async (count) => {
      const own = dataSource.createQueryRunner();
      const client = clientOf(await own.connect());
      const large = `SELECT repeat('x', 30000000) FROM generate_series(1, ${String(count)})`;
      const rows = await taken(BEGIN_SNAPSHOT, large, { client, manager: own.manager });
      await own.release();
      const next = dataSource.createQueryRunner();
      expect(await next.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await next.release();
      expect(rows.map((row) => row?.length)).toEqual([30_000_000, 30_000_000]);
      await expect(client.query('SELECT 1')).rejects.toThrow();
    },
  );

  it('has written nothing where large ones followed', async () => {
    const own = dataSource.createQueryRunner();
    const client = clientOf(await own.connect());
    const large = "SELECT repeat('x', 30000000) FROM generate_series(1, 1000)";
    await expect(taken('BEGIN', large, { client, manager: own.manager })).rejects.toThrow();
    await own.release();
    expect(await kept()).toEqual([]);
  });
});

it('Where the transaction can not begin, nothing is written, whatever was looked up', async () => {
  const begun = runTransaction(connection, {
    begin: 'BEGIN ISOLATION LEVEL NONE',
    lookUp: (reader) => reader.query({ text: 'SELECT 1' }),
    work: (transaction) => transaction.query(insert(1)),
  });
  await expect(begun).rejects.toThrow('syntax error');
  expect(await kept()).toEqual([]);
  await expectFree();
});

it('Where something can not be looked up, nothing is written', async () => {
  const begun = runTransaction(connection, {
    begin: 'BEGIN',
    lookUp: (reader) => reader.query({ text: 'SELECT 1 / 0' }),
    work: (transaction) => transaction.query(insert(1)),
  });
  await expect(begun).rejects.toThrow('division by zero');
  expect(await kept()).toEqual([]);
  await expectFree();
});

it('If one of several statements fails, none counts, and all can be used again', async () => {
  const further = { name: 'further', text: 'INSERT INTO kept SELECT $1::integer + 100', values: [1] };
  const failed = runTransaction(connection, {
    begin: 'BEGIN',
    lookUp: NOTHING,
    work: (transaction) =>
      Promise.all([
        transaction.query(insert(1)),
        transaction.query(insert(1)),
        // It is prepared in a transaction that has failed already.
        transaction.query(further),
      ]),
  });
  await expect(failed).rejects.toMatchObject({ code: '23505' });
  expect(await kept()).toEqual([]);
  await expectFree();
  await runTransaction(connection, {
    begin: 'BEGIN',
    lookUp: NOTHING,
    work: (transaction) => Promise.all([transaction.query(insert(1)), transaction.query(further)]),
  });
  expect(await kept()).toEqual([1, 101]);
});

it('What goes on after a failure beside it is not kept', async () => {
  const broken = {
    toPostgres() {
      throw new Error('no value');
    },
  };
  const failed = runTransaction(connection, {
    begin: 'BEGIN',
    lookUp: NOTHING,
    work: (transaction) => {
      const twoSteps = async () => {
        await transaction.query(insert(1));
        await transaction.query(insert(2));
      };
      return Promise.all([twoSteps(), transaction.query({ text: 'SELECT $1', values: [broken] })]);
    },
  });
  await expect(failed).rejects.toThrow('no value');
  await expectFree();
  expect(await kept()).toEqual([]);
});

it('The service sends statements together, on each kind of its connections', () => {
  expect(connection.client.pipeline).toBe(true);
  expect(poolOptions(() => Promise.resolve())).toMatchObject({ pipeline: true });
});
