// Spans of a real process, as a collector gets them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LedgerProcess, spawnLedger } from '../contract/helpers.js';
import { createDatabase, type TestDatabase, whileLocked } from '../support/database.js';
import { API_KEY, PUSH_TOKEN } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { type ExportedSpan, OtlpReceiver } from './otlp-receiver.js';

const NUMBER = '13900000000';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER_SPAN = 'b7ad6b7169203331';
const PUSH_ROUTE = '/push/:token/call-reports';
const [SERVER_KIND, CLIENT_KIND] = [2, 3];

let receiver: OtlpReceiver;
let database: TestDatabase;
let service: LedgerProcess | undefined;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-tracing-'));
  receiver = await OtlpReceiver.start();
  database = await createDatabase();
});
afterEach(async () => {
  await service?.stop();
  await receiver.stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(environment: Record<string, string>): Promise<LedgerProcess> {
  const started = await spawnLedger({
    DATABASE_URL: database.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    ...environment,
  });
  service = started;
  await until('readiness', async () => (await fetch(`${started.url}/health/ready`)).ok);
  return started;
}

const push = ({ url }: LedgerProcess, body: unknown) =>
  fetch(`${url}/push/${PUSH_TOKEN}/call-reports`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { traceparent: `00-${TRACE}-${CALLER_SPAN}-01` },
  });

/** The span of that name in the caller's trace, or anywhere. */
function spanOf(name: string, where: (span: ExportedSpan) => boolean = () => true): ExportedSpan {
  const span = receiver.spans().find((one) => one.name === name && where(one));
  if (span === undefined) {
    const names = receiver.spans().map((one) => one.name);
    throw new Error(`no span ${name} among ${names.join(', ')}`);
  }
  return span;
}

const attributesOf = ({ attributes }: ExportedSpan) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

describe('With a collector', () => {
  it('a push is told of in the trace of whoever pushes, down to the statements of the group it was written in', async () => {
    const ledger = await start({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
    const answer = await push(ledger, [record('one')]);
    expect(answer.status).toBe(200);
    await until('the spans', () => receiver.text.includes(`POST ${PUSH_ROUTE}`));
    const request = spanOf(`POST ${PUSH_ROUTE}`);
    expect(request).toMatchObject({ traceId: TRACE, parentSpanId: CALLER_SPAN, kind: SERVER_KIND });
    expect(attributesOf(request)).toEqual({
      'http.request.method': 'POST',
      'http.route': PUSH_ROUTE,
      'http.response.status_code': 200,
      'call_ledger.request_id': answer.headers.get('x-request-id'),
      'call_ledger.delivery_id': answer.headers.get('x-delivery-id'),
    });
    for (const name of ['read push', 'keep in database'])
      expect(spanOf(name)).toMatchObject({ traceId: TRACE, parentSpanId: request.spanId });

    // The group is nobody's alone: a trace of its own, with a link to each push in it.
    const group = spanOf('write group');
    expect(group.traceId).not.toBe(TRACE);
    expect(group.links).toEqual([expect.objectContaining({ traceId: TRACE, spanId: request.spanId })]);
    const transaction = spanOf('transaction', ({ parentSpanId }) => parentSpanId === group.spanId);
    const statement = spanOf('insert-deliveries');
    expect(statement).toMatchObject({ parentSpanId: transaction.spanId, kind: CLIENT_KIND });
    expect(receiver.paths).toContain('/v1/traces');
    expect(receiver.text).toContain('{"key":"service.name","value":{"stringValue":"call-ledger"}}');
  });

  it('a push that the database does not take is told of with its way into the journal', async () => {
    const ledger = await start({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      ACK_DEADLINE_MS: '50',
      JOURNAL_DIR: folder,
    });
    await whileLocked(database.url, async () => {
      expect((await push(ledger, [record('one')])).status).toBe(200);
    });
    const steps = ['keep in database', 'keep in journal', 'read push'];
    await until('the spans', () =>
      [`POST ${PUSH_ROUTE}`, ...steps].every((name) => receiver.text.includes(`"${name}"`)),
    );
    const request = spanOf(`POST ${PUSH_ROUTE}`);
    // What the drainer does by itself is in nobody's trace.
    const inTrace = receiver.spans().filter(({ traceId }) => traceId === TRACE);
    const children = inTrace.filter(({ parentSpanId }) => parentSpanId === request.spanId);
    expect(children.map(({ name }) => name).sort()).toEqual(steps);
    expect(inTrace).toHaveLength(1 + steps.length);
  });

  it('a question is told of down to the statements that TypeORM makes for it, and with their failure', async () => {
    const ledger = await start({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
    const headers = { authorization: `Bearer ${API_KEY}` };
    const ask = () => fetch(`${ledger.url}/v1/deliveries`, { headers });
    expect((await ask()).status).toBe(200);
    await database.query('ALTER TABLE deliveries RENAME TO deliveries_away');
    expect((await ask()).status).toBe(503);
    const statements = () => receiver.spans().filter(({ name }) => name === 'SELECT deliveries');
    const requests = () => receiver.spans().filter(({ name }) => name === 'GET /v1/deliveries');
    await until('the spans', () => statements().length === 2 && requests().length === 2);
    expect(statements().map(({ parentSpanId }) => parentSpanId)).toEqual(
      expect.arrayContaining(requests().map(({ spanId }) => spanId)),
    );
    expect(statements().map(attributesOf)).toContainEqual({
      'db.system.name': 'postgresql',
      'db.query.summary': 'SELECT deliveries',
      'error.type': '42P01',
    });
  });

  it('no span holds a number, a token, a key or a value', async () => {
    const ledger = await start({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
    await push(ledger, [record('one', { callee: NUMBER, outId: 'a-reference' }), NUMBER]);
    const headers = { authorization: `Bearer ${API_KEY}` };
    for (const path of [
      `/v1/calls?callee=${NUMBER}&outId=a-reference`,
      `/v1/calls/${NUMBER}`,
      `/nothing/${NUMBER}`,
    ])
      await fetch(`${ledger.url}${path}`, { headers });
    await until('the spans', () =>
      ['GET /v1/calls', 'GET /v1/calls/:callId', 'GET none', 'write group'].every((name) =>
        receiver.text.includes(`"${name}"`),
      ),
    );
    for (const secret of [NUMBER, PUSH_TOKEN, API_KEY, 'a-reference'])
      expect(receiver.text).not.toContain(secret);
  });

  it('spans come as protobuf by default, named as the environment says', async () => {
    const ledger = await start({ OTEL_SERVICE_NAME: 'ledger-of-the-tests' });
    await push(ledger, [record('one')]);
    await until('the spans', () => receiver.text.includes(`POST ${PUSH_ROUTE}`));
    expect(new Set(receiver.contentTypes)).toEqual(new Set(['application/x-protobuf']));
    expect(receiver.text).toContain('ledger-of-the-tests');
  });

  it('that is away, pushes are taken as ever, the log says it, and the service ends', async () => {
    const ledger = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    for (let count = 0; count < 5; count += 1) expect((await push(ledger, [record('one')])).status).toBe(200);
    await until('the warning', () => ledger.output().includes('"context":"Tracing"'));
    expect(await ledger.stop()).toBe(0);
  });
});

describe('Without one', () => {
  it.each([
    ['nothing is set', {}],
    ['the SDK is disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }],
    [
      'there is no exporter',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_EXPORTER: 'none' },
    ],
  ])('not a file of the SDK is loaded: %s', (_when, environment) => {
    expect(loadedOfSdk(environment)).toEqual([]);
  });

  it('of the same files, some are when it is on', () => {
    expect(loadedOfSdk({ OTEL_TRACES_EXPORTER: 'otlp' })).toContain('sdk-trace-base');
  });
});

/** The packages of OpenTelemetry, its API apart, that a process has loaded once the application is initialised. */
function loadedOfSdk(environment: Record<string, string>): string[] {
  const program = `
    import 'reflect-metadata';
    import { createRequire } from 'node:module';
    const { readSettings } = await import('./dist/src/config/read-settings.js');
    const { createApp } = await import('./dist/src/app.setup.js');
    const app = await createApp(readSettings(process.env, false));
    await app.init();
    const files = Object.keys(createRequire(process.cwd() + '/').cache);
    const names = files.flatMap((file) => /@opentelemetry.([^/\\\\]+)/.exec(file)?.[1] ?? []);
    console.log(JSON.stringify([...new Set(names)].filter((name) => name !== 'api')));
    process.exit();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
    env: {
      DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none',
      PUSH_TOKENS: 'vendor=0123456789abcdef',
      ADMIN_API_KEY: API_KEY,
      JOURNAL_DIR: 'off',
      LOG_LEVEL: 'fatal',
      ...environment,
    },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}
