// The API's description says what is checked: what fits it is taken, and what does not fit it is refused, at every
// bound.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { coreOf } from '../../src/numbers/core.js';
import { holdsNumber } from '../../src/numbers/find-numbers.js';
import { Contract } from '../support/contract/contract.js';
import { describedApi } from '../support/contract/described.js';
import type { Operation, Schema } from '../support/contract/document.js';
import { SchemaChecks } from '../support/contract/schemas.js';
import { IS_LONG } from '../support/form.js';
import { API_KEY, type Answer, startLedger, type TestLedger } from '../support/ledger.js';
import { expectProblem, isObject, object } from './helpers.js';
import { type Known, prepare, REQUESTS, WITH_VENDOR } from './requests.js';
import { valuesAbout, valuesAtBounds } from './values.js';

const RUNS = Number(process.env['AGREEMENT_RUNS'] ?? (IS_LONG ? 20 : 8));
/** Of bodies, beside the field that is tried. */
const OTHER_FIELDS: Readonly<Record<string, object>> = {
  createApiKey: { name: 'of the test', scopes: ['calls:read'] },
  eraseNumber: { number: '13900000009', reason: 'Asked for by the person' },
  createWebhook: { name: 'of the test', url: 'https://crm.invalid/calls', startAt: 'now' },
  replayQuarantine: { dryRun: true, source: ['vendor'] },
  acknowledgeSchemaDrift: { dryRun: true, kind: ['unknownField'] },
  discardQuarantine: { dryRun: true, source: ['vendor'] },
  labelTask: { name: 'Spring sale' },
  labelBatch: { name: 'Sunday' },
};

const { document, operations } = new Contract(await describedApi());
const checks = new SchemaChecks(document, { closed: true });

let ledger: TestLedger;
let known: Known;

beforeAll(async () => {
  ledger = await startLedger(WITH_VENDOR);
  known = await prepare(ledger);
});
afterAll(() => ledger.stop());

/** What a value must be beside what its schema says; the description says it in words. Undefined: that can't be told here. */
type Beyond = (value: unknown) => boolean | undefined;

const isOfCalendar: Beyond = (value) => {
  const [year = 0, month = 0, day = 0] = String(value).slice(0, 10).split('-').map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year > 0 && date.getUTCDate() === day;
};
/** Of UTC. Beyond the years of now, zones have other offsets, and times are cut off at the ledger's first and last one. */
const isOnAQuarter: Beyond = (value) => {
  if (isOfCalendar(value) !== true) return false;
  const text = String(value);
  const ms = Date.parse(text.length === 10 ? `${text}T00:00:00+08:00` : text.replace(' ', '+'));
  const year = Number(text.slice(0, 4));
  if (year < 1950 || year > 2100 || Number.isNaN(ms)) return undefined;
  return ms % 900_000 === 0;
};
const isKnownZone: Beyond = (value) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: String(value) }).format() !== '';
  } catch {
    return false;
  }
};
/** None that is made up is one of this ledger's. */
const isCursor: Beyond = () => false;

const isNumberless: Beyond = (value) => !holdsNumber(String(value));
const BEYOND: Readonly<Record<string, Beyond>> = {
  from: isOfCalendar,
  to: isOfCalendar,
  receivedFrom: isOfCalendar,
  firstSeenTo: isOfCalendar,
  receivedTo: isOfCalendar,
  timeZone: isKnownZone,
  cursor: isCursor,
  'listChanges after': (value) => value === 'now',
  'createWebhook startAt': (value) => value === 'now' || value === 'beginning',
  // Its host is looked at, too.
  url: (value) => (value === 'https://crm.example.com/calls' ? true : undefined),
  'getCallStats from': isOnAQuarter,
  'getCallStats to': isOnAQuarter,
  // Needs `from` and `to`, and without them these are what is named.
  'getCallStats interval': (value) => (value === '1m' ? undefined : true),
  'getCallStats groupBy': (value) => (/caller/i.test(String(value)) ? undefined : true),
  'getCallStats previousFrom': isOnAQuarter,
  'getCallStats previousTo': isOnAQuarter,
  expiresAt: (value) =>
    isOfCalendar(value) === true && Date.parse(String(value).replace(' ', '+')) > Date.now(),
  number: (value) => coreOf(String(value)) !== undefined,
  'labelTask name': isNumberless,
  'labelTask note': isNumberless,
  'labelBatch name': isNumberless,
  'labelBatch note': isNumberless,
};

const A_DAY = 'from=2025-06-01&to=2025-06-02';
/** What other parameters a parameter needs. */
const BESIDE: Readonly<Record<string, string>> = {
  'getCallStats compare': A_DAY,
  'getCallStats previousFrom': `${A_DAY}&compare=previous`,
  'getCallStats previousTo': `${A_DAY}&compare=previous`,
};

function beyondOf({ operationId }: Operation, name: string): Beyond {
  return BEYOND[`${operationId} ${name}`] ?? BEYOND[name] ?? (() => true);
}

/** @returns undefined when nobody can tell */
function isToBeTaken(
  operation: Operation,
  name: string,
  schema: Schema,
  value: unknown,
): boolean | undefined {
  if (checks.of(schema)(value) !== undefined) return false;
  // Of a field that may be missing.
  return value === null ? true : beyondOf(operation, name)(value);
}

/** How many values were taken and how many refused: a test that has only tried one of both has shown little. */
class Tally {
  private taken = 0;
  private refused = 0;

  count(taken: boolean | undefined): void {
    if (taken === true) this.taken += 1;
    if (taken === false) this.refused += 1;
  }

  /** @param mayBeTaken whether a value that is made up can be */
  check(mayBeTaken: boolean): void {
    expect(this.refused).toBeGreaterThan(0);
    if (mayBeTaken) expect(this.taken).toBeGreaterThan(0);
  }
}

/** @param taken undefined when nobody can tell */
function expectAgreement(name: string, given: unknown, answer: Answer, taken: boolean | undefined): void {
  const what = [name, given, answer.text.slice(0, 500)];
  if (taken === true) expect([answer.status < 300, ...what]).toEqual([true, ...what]);
  if (taken !== false) return;
  expect([answer.status, ...what]).toEqual([400, ...what]);
  expect(expectProblem(answer, 400)).toContain(name);
}

function examplesOf({ example, examples }: Schema): unknown[] {
  return Array.isArray(examples) ? (examples as unknown[]) : example === undefined ? [] : [example];
}

/** How a value stands in a query. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the text of a query is by the description. */
function valueOf(text: string, { type }: Schema): unknown {
  if (type === 'array') return text.split(',').map((part) => part.trim());
  if (type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

const inQueries = operations.flatMap((operation) =>
  (operation.parameters ?? [])
    .filter((one) => one.in === 'query')
    .map((parameter) => ({ operation, parameter })),
);

describe('A query parameter is taken as described, and not otherwise:', () => {
  it.each(
    inQueries.map((each): [string, typeof each] => [
      `${each.operation.operationId} ${each.parameter.name}`,
      each,
    ]),
  )('%s', async (_name, { operation, parameter }) => {
    const { name, schema } = parameter;
    const tally = new Tally();
    const bounds = valuesAtBounds(schema, ...examplesOf(schema));
    await fc.assert(
      fc.asyncProperty(valuesAbout(schema, ...examplesOf(schema)), async (value) => {
        const isRepeated = parameter.explode === true;
        const texts = isRepeated && Array.isArray(value) ? value.map(textOf) : [textOf(value)];
        const text = texts.join(isRepeated ? '&' : '');
        fc.pre(texts.length > 0 && text.isWellFormed());
        const path = REQUESTS[operation.operationId]?.(known).target.split('?')[0] ?? '';
        const beside = BESIDE[`${operation.operationId} ${name}`];
        const own = texts.map((one) => `${name}=${encodeURIComponent(one)}`);
        const target = `${path}?${[...own, ...(beside === undefined ? [] : [beside])].join('&')}`;
        // Else it is too long for a request.
        fc.pre(target.length < 12_000);
        const taken = isToBeTaken(operation, name, schema, isRepeated ? texts : valueOf(text, schema));
        expectAgreement(name, text, await ledger.get(target), taken);
        tally.count(taken);
      }),
      { numRuns: RUNS, examples: bounds.map((value): [unknown] => [value]) },
    );
    tally.check(!['cursor', 'after'].includes(name));
  });
});

const inBodies = operations.flatMap((operation) => {
  const reference = operation.path.startsWith('/v1')
    ? operation.requestBody?.content['application/json']
    : undefined;
  if (reference?.schema === undefined) return [];
  const schema = document.components.schemas[String(reference.schema['$ref']).split('/').at(-1) ?? ''];
  const required = schema?.['required'];
  return Object.entries(object(schema?.['properties'])).map(([name, property]) => ({
    operation,
    name,
    property: object(property),
    isRequired: Array.isArray(required) && required.includes(name),
  }));
});

describe('A field of a body is taken as described, and not otherwise:', () => {
  const send = ({ operationId, method, path }: Operation, fields: object) =>
    ledger.request(REQUESTS[operationId]?.(known).target ?? path, {
      method,
      headers: { authorization: `Bearer ${API_KEY}` },
      body: JSON.stringify({ ...OTHER_FIELDS[operationId], ...fields }),
    });

  it.each(
    // A rewind needs one of its two fields: test/webhooks tries them.
    inBodies
      .filter(({ operation }) => operation.operationId !== 'rewindWebhook')
      .map((each): [string, typeof each] => [`${each.operation.operationId} ${each.name}`, each]),
  )('%s', async (_name, { operation, name, property, isRequired }) => {
    const tally = new Tally();
    const bounds = valuesAtBounds(property, ...examplesOf(property));
    const ofField = valuesAbout(property, ...examplesOf(property));
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 20, arbitrary: ofField }, fc.constant(null)), async (value) => {
        const taken = isToBeTaken(operation, name, property, value);
        expectAgreement(name, value, await send(operation, { [name]: value }), taken);
        tally.count(taken);
      }),
      { numRuns: RUNS, examples: bounds.map((value): [unknown] => [value]) },
    );
    tally.check(name !== 'cursor');
    const answer = await send(operation, { [name]: undefined });
    expectAgreement(name, 'nothing', answer, !isRequired);
  });

  it.each(Object.keys(OTHER_FIELDS))('%s, and none that is not described', async (operationId) => {
    const operation = operations.find((one) => one.operationId === operationId);
    if (operation === undefined) throw new Error(`there is no ${operationId}`);
    for (const value of [1, null])
      expectAgreement('stray', value, await send(operation, { stray: value }), false);
  });
});

describe('The description bounds', () => {
  /** What of a request a client can't know the bounds of. */
  function unbounded(schema: Schema, place: string): string[] {
    const types = [schema['type']].flat();
    const has = (...keywords: readonly string[]) => keywords.every((keyword) => keyword in schema);
    if (types.includes('array')) {
      const items = unbounded(object(schema['items']), `${place}/items`);
      return has('maxItems') ? items : [place, ...items];
    }
    if (types.includes('object'))
      return schema['additionalProperties'] === false
        ? Object.entries(object(schema['properties'])).flatMap(([name, of]) =>
            unbounded(object(of), `${place}/${name}`),
          )
        : [place];
    if (Array.isArray(schema['oneOf']))
      return schema['oneOf'].flatMap((of, index) => unbounded(object(of), `${place}/${index}`));
    const isBound =
      types.includes('boolean') ||
      has('enum') ||
      (types.includes('integer') ? has('minimum', 'maximum', 'format') : has('maxLength', 'pattern'));
    return isBound ? [] : [place];
  }

  it('all that a request may bring', () => {
    const places = [
      ...inQueries.map(
        ({ operation, parameter }) =>
          [parameter.schema, `${operation.operationId} ${parameter.name}`] as const,
      ),
      ...inBodies.map(
        ({ operation, name, property }) => [property, `${operation.operationId} ${name}`] as const,
      ),
    ];
    expect(places.length).toBeGreaterThan(100);
    expect(places.flatMap(([schema, place]) => unbounded(schema, place))).toEqual([]);
  });

  it('every whole number of an answer, and says whether it may pass 2³¹', () => {
    const loose: string[] = [];
    let seen = 0;
    const look = (node: unknown, place: string): void => {
      if (typeof node !== 'object' || node === null) return;
      if (isObject(node) && [node['type']].flat().includes('integer')) {
        seen += 1;
        const { minimum, maximum, format } = node;
        const isLong = typeof maximum !== 'number' || maximum > 2_147_483_647;
        if (typeof minimum !== 'number' || format !== (isLong ? 'int64' : 'int32')) loose.push(place);
      }
      for (const [name, child] of Object.entries(node)) look(child, `${place}/${name}`);
    };
    look(document, '#');
    expect(loose).toEqual([]);
    expect(seen).toBeGreaterThan(50);
    const { totalDuration } = object(object(document.components.schemas['Task'])['properties']);
    expect(totalDuration).toMatchObject({ format: 'int64' });
  });
});
