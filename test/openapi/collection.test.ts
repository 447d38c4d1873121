// The collection for Postman and Bruno is made from the description, and its requests go well when its variables are set.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Known, prepare, WITH_VENDOR } from '../contract/requests.js';
import { contractOf } from '../support/exchange.js';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';

const FILE = fileURLToPath(new URL('../../docs/call-ledger.postman_collection.json', import.meta.url));
const SCRIPT = fileURLToPath(new URL('../../scripts/collection.mjs', import.meta.url));

interface Pair {
  readonly key: string;
  readonly value: string;
  readonly disabled?: boolean;
}
interface Auth {
  readonly type: 'bearer' | 'noauth';
  readonly bearer?: readonly Pair[];
}
interface CollectionRequest {
  readonly method: string;
  readonly auth?: Auth;
  readonly header: readonly Pair[];
  readonly url: {
    readonly path: readonly string[];
    readonly query: readonly Pair[];
    readonly variable: readonly Pair[];
  };
  readonly body?: { readonly raw: string };
}
interface Item {
  readonly name: string;
  readonly request: CollectionRequest;
}
interface Collection {
  readonly auth: Auth;
  readonly variable: readonly Pair[];
  readonly item: readonly { readonly item: readonly Item[] }[];
}

/** They come from earlier answers, so that an example fits no ledger. */
const OF_ANSWERS = ['cursor', 'after'];
/** What a parameter is only taken with. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  compare: ['from', 'to'],
  previousFrom: ['compare', 'from', 'to'],
  previousTo: ['compare', 'from', 'to'],
};
const collection = JSON.parse(readFileSync(FILE, 'utf8')) as Collection;
const items = collection.item.flatMap(({ item }) => item);
let ledger: TestLedger;
let known: Known;

beforeAll(async () => {
  ledger = await startLedger({ ...WITH_VENDOR, WEBHOOK_ALLOW_HOSTS: '127.0.0.1' });
  known = await prepare(ledger);
});
afterAll(() => ledger.stop());

/** The variables, as a user sets them. */
function variablesOf(): Record<string, string> {
  const { callId, taskId, batchId, webhook, erasure, check, repair, delivery, openEntry, follower } = known;
  return {
    ...{ apiKey: API_KEY, pushToken: PUSH_TOKEN, callId, taskId, batchId },
    ...{
      quarantineId: openEntry,
      deliveryId: delivery,
      erasureId: erasure,
      checkId: check,
      repairId: repair,
    },
    ...{ webhookId: webhook, apiKeyId: known.apiKey, sessionId: known.session, followerName: follower },
  };
}

/** @throws Error if the collection has no such variable, or the user's list does not */
function filled(text: string): string {
  const variables = variablesOf();
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined || !collection.variable.some(({ key }) => key === name))
      throw new Error(`the variable ${name} is not known`);
    return value;
  });
}

/** Sends a request as Postman does. @param enabled what the user enables of what is optional */
function run(
  { method, auth = collection.auth, header, url, body }: CollectionRequest,
  enabled: string[] = [],
) {
  const path = url.path.map((segment) => {
    if (!segment.startsWith(':')) return segment;
    const variable = url.variable.find(({ key }) => key === segment.slice(1));
    return encodeURIComponent(filled(variable?.value ?? ''));
  });
  const isSent = ({ key, disabled = false }: Pair) => !disabled || enabled.includes(key);
  const query = new URLSearchParams();
  for (const { key, value } of url.query.filter(isSent)) query.append(key, value);
  const token = auth.bearer?.[0]?.value;
  return ledger.request(`/${path.join('/')}?${query.toString()}`.replace(/\?$/, ''), {
    method,
    headers: {
      ...Object.fromEntries(header.filter(isSent).map(({ key, value }) => [key, value])),
      ...(token !== undefined && { authorization: `Bearer ${filled(token)}` }),
    },
    // Nobody is called.
    ...(body && { body: body.raw.replace('crm.example.com', 'crm.invalid') }),
  });
}

it('It is what `npm run collection` makes of the description', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-collection-'));
  try {
    const [from, to] = [join(folder, 'openapi.json'), join(folder, 'collection.json')];
    writeFileSync(from, (await ledger.request('/openapi.json')).text);
    expect(spawnSync(process.execPath, [SCRIPT, from, to], { encoding: 'utf8' })).toMatchObject({
      status: 0,
    });
    const isSame = readFileSync(to, 'utf8') === readFileSync(FILE, 'utf8');
    expect(isSame ? 'the same' : 'another: run npm run collection').toBe('the same');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('It has all operations', async () => {
  const { operations } = await contractOf(ledger.url);
  expect(items).toHaveLength(operations.length);
});

describe.each(
  items.filter(({ request }) => request.method === 'GET').map((item) => [item.name, item.request] as const),
)('The request "%s"', (_, request) => {
  it('goes well with the variables set', async () => {
    const { status, text } = await run(request);
    expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
  });

  it('takes each example of an optional parameter', async () => {
    const refused: string[] = [];
    const optional = request.url.query.filter(({ key }) => !OF_ANSWERS.includes(key));
    for (const { key, value } of optional) {
      const { status, text } = await run(request, [key, ...(TOGETHER[key] ?? [])]);
      if (status >= 400) refused.push(`${key}=${value}: ${status} ${text}`);
    }
    expect(refused).toEqual([]);
  });
});

/** Those that delete something come last. */
const others = items
  .filter(({ request }) => request.method !== 'GET')
  .sort((one, other) => Number(one.request.method === 'DELETE') - Number(other.request.method === 'DELETE'));

it.each(others.map(({ name, request }) => [name, request] as const))(
  'The request "%s" has a body that is taken',
  async (_, request) => {
    const { status, text } = await run(request);
    expect({ status, text: status < 300 ? '' : text }).toEqual({ status, text: '' });
  },
);
