// What the forms of /docs send at the first click, without a browser: what Swagger UI fills in, and the ids that the
// page adds.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Contract } from '../support/contract/contract.js';
import { describedApi } from '../support/contract/described.js';
import type { Operation, ParameterObject } from '../support/contract/document.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { dataOf, isObject, string } from '../contract/helpers.js';
import { prepare, WITH_VENDOR } from '../contract/requests.js';

const { operations } = new Contract(await describedApi());
const ERASED = '13900000008';
/** A question that is asked to wait takes 30 s. */
const SOON_MS = 15_000;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger(WITH_VENDOR);
  await prepare(ledger);
  await ledger.push([record('last'), record('erased', { callee: ERASED })]);
  await ledger.request('/v1/erasures', {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify({ number: ERASED, reason: 'Asked for by the person' }),
  });
  // The newest delivery is then an erasure, which has no body.
  await until('the erasure', async () => dataOf(await ledger.get('/v1/deliveries?via=erasure')).length > 0);
});
afterAll(() => ledger.stop());

/** As Swagger UI's ParameterRow.setDefaultValue() finds it, in that order. */
function filledIn(parameter: ParameterObject & Readonly<Record<string, unknown>>): unknown {
  const { examples, example, schema } = parameter;
  if (isObject(examples)) {
    const [first] = Object.values(examples);
    return isObject(first) ? first['value'] : undefined;
  }
  return example ?? schema['example'] ?? schema['default'];
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** The newest id of the list that a parameter of a path is of. */
async function newestId(filled: string, parameter: ParameterObject): Promise<string> {
  const { name, 'x-ids-from': named } = parameter as ParameterObject & { readonly 'x-ids-from'?: string };
  const [list = ''] = filled.split(`/{${name}}`);
  const [first] = dataOf(await ledger.get(named ?? list));
  return string(first?.[name]);
}

async function firstRequest({ path, parameters = [] }: Operation): Promise<string> {
  let filled = path;
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    const value = filledIn({ ...parameter });
    if (parameter.in === 'path')
      filled = filled.replace(
        `{${parameter.name}}`,
        encodeURIComponent(value === undefined ? await newestId(filled, parameter) : textOf(value)),
      );
    else if (value !== undefined && parameter.in === 'query') query.set(parameter.name, textOf(value));
    else expect([parameter.name, value]).toEqual([parameter.name, undefined]);
  }
  return query.size === 0 ? filled : `${filled}?${query.toString()}`;
}

describe('The first request of a form', () => {
  // Checks and repairs have no list. Their ids come from the answers that begin them.
  const withoutList = ['getCompletenessCheck', 'getCompletenessRepair'];
  it.each(
    operations.filter(({ method, operationId }) => method === 'GET' && !withoutList.includes(operationId)),
  )('$path ($operationId) is answered 200, soon, with what there is', async (operation) => {
    const begin = performance.now();
    const answer = await ledger.get(await firstRequest(operation));
    expect([answer.status, answer.text]).toEqual([200, answer.text]);
    expect(performance.now() - begin).toBeLessThan(SOON_MS);
    expect(answer.text).not.toContain('"data":[]');
  });

  it('of what changes something holds nothing that was made up', () => {
    const others = operations.filter(({ method }) => method !== 'GET');
    const parameters = others.flatMap(({ operationId, parameters: own = [] }) =>
      own.map((parameter) => [`${operationId} ${parameter.name}`, filledIn({ ...parameter })]),
    );
    expect(parameters.length).toBeGreaterThan(3);
    expect(parameters.filter(([, value]) => value !== undefined)).toEqual([]);
  });
});
