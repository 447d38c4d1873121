// A request for each operation of the API that goes well. A new operation is added here.
import { expect } from 'vitest';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { makeKey, revoke, withKey } from '../support/api-keys.js';
import { makeWebhook } from '../webhooks/webhooks.js';
import { contractOf } from '../support/exchange.js';
import { API_KEY, PUSH_TOKEN, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { dataOf, object, pushed, string } from './helpers.js';

/**
 * The settings with which every operation goes well: with an access key to a vendor that does not answer. Nobody waits for
 * the checks and repairs that are requested.
 */
export const WITH_VENDOR = {
  ALIYUN_ACCESS_KEY_ID: 'made-up-access-key',
  ALIYUN_ACCESS_KEY_SECRET: 'made-up-secret-of-the-access-key',
  ALIYUN_ENDPOINT: 'http://127.0.0.1:9',
  COMPLETENESS_SOURCE: 'vendor',
  COMPLETENESS_INTERVAL: 'off',
  RECORDING_ALLOW_HOSTS: '127.0.0.1',
} as const;

/** The URL of webhooks: there is no such host. */
const NOBODY = 'https://crm.invalid/calls';

/** What there is to ask for. */
export interface Known {
  readonly callId: string;
  /** The call's. */
  readonly taskId: string;
  readonly batchId: string;
  readonly delivery: string;
  /** A delivery whose body is not kept any more. */
  readonly goneDelivery: string;
  readonly openEntry: string;
  readonly replayedEntry: string;
  /** The id of an API key that nothing else needs. */
  readonly apiKey: string;
  /** The session of a person that nothing else needs. */
  readonly session: string;
  /** An API key that opens no operation. */
  readonly powerlessKey: string;
  readonly erasure: string;
  /** A check and a repair that are done. */
  readonly check: string;
  readonly repair: string;
  readonly webhook: string;
  /** A webhook that nothing else needs. */
  readonly doomedWebhook: string;
  /** A webhook whose key was revoked. */
  readonly orphan: string;
  readonly follower: string;
}

export interface Sample {
  /** Path and query. */
  readonly target: string;
  readonly body?: string;
}

/** Puts into a ledger what {@link REQUESTS} ask for. */
export async function prepare(ledger: TestLedger): Promise<Known> {
  await messagesOf(ledger, 'one');
  await pushed(ledger, [record('one', { unknown: 1 }), record('two'), { stray: true }]);
  await pushed(ledger, [record('gone')]);
  const [entry] = dataOf(await ledger.get('/v1/quarantine'));
  const replayedEntry = uuidv7();
  await ledger.database.query(
    `INSERT INTO quarantine (id, delivery_id, received_at, source, status, place, reason, raw, records)
      VALUES ($1, $1, now(), 'vendor', 'open', '/0', 'The record could not be read', $2, 1)`,
    [replayedEntry, Buffer.from(JSON.stringify(record('three')))],
  );
  const body = JSON.stringify({ ids: [replayedEntry] });
  await ledger.request('/v1/quarantine/replay', {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  const [gone, delivery] = dataOf(await ledger.get('/v1/deliveries?via=direct')).map(({ id }) => string(id));
  if (gone === undefined || delivery === undefined) throw new Error('the deliveries are missing');
  await ledger.database.query('DELETE FROM delivery_bodies WHERE delivery_id = $1', [gone]);
  const { body: erasure } = await ledger.request('/v1/erasures', {
    method: 'POST',
    body: ERASURE,
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  const erasureId = string(object(erasure)['id']);
  // Its answer changes until it is done.
  await until('the erasure', async () => {
    const { body } = await ledger.get(`/v1/erasures/${erasureId}`);
    return object(body)['status'] === 'done';
  });
  const session = uuidv7();
  await ledger.database.query(
    `INSERT INTO sessions (id, created_at, expires_at, checked_at, secret_hash, subject, name, roles)
      VALUES ($1, now(), now() + interval '1 hour', now(), $2, 'ada', 'Ada Example', '{managers}')`,
    [session, Buffer.alloc(32)],
  );
  const [check, repair] = await completenessOf(ledger, 'task-1', 'vendor');
  return {
    ...{ check, repair, session },
    webhook: await webhookOf(ledger),
    doomedWebhook: await webhookOf(ledger),
    orphan: await orphanOf(ledger),
    follower: await followerOf(ledger),
    callId: 'one',
    taskId: 'task-1',
    batchId: 'batch-1',
    delivery,
    goneDelivery: gone,
    openEntry: string(entry?.['id']),
    replayedEntry,
    apiKey: (await makeKey(ledger, { scopes: ['keys:manage'] })).id,
    powerlessKey: (await makeKey(ledger, { scopes: ['numbers:read'] })).key,
    erasure: erasureId,
  };
}

/** A webhook with an attempt. */
export async function webhookOf(ledger: TestLedger, key = API_KEY): Promise<string> {
  const { id } = await makeWebhook(ledger, { name: 'CRM', url: NOBODY, startAt: 'now' }, key);
  await withKey(ledger, key, `/v1/webhooks/${id}/test`, { method: 'POST' });
  return id;
}

/** A webhook that nobody can resume. */
async function orphanOf(ledger: TestLedger): Promise<string> {
  const { id, key } = await makeKey(ledger, { scopes: ['webhooks:manage'] });
  const webhook = await webhookOf(ledger, key);
  await revoke(ledger, id);
  return webhook;
}

/** A follower of a key. */
export async function followerOf(ledger: TestLedger, key = API_KEY, name = 'crm'): Promise<string> {
  await withKey(ledger, key, `/v1/changes?limit=0&follower=${name}`);
  return name;
}

/** Pushes the note and the recording of a call, and waits until the recording is kept or can not be kept. */
async function messagesOf(ledger: TestLedger, callId: string): Promise<void> {
  const store = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'audio/wav' }).end('RIFF');
  });
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  const { port } = store.address() as AddressInfo;
  const conversationRecord = JSON.stringify([{ role: 'user', content: '喂' }]);
  await pushed(ledger, [
    { callId, majorIntent: 'A', outputTags: { 是否来店: '是' }, conversationRecord },
    { callId, recordFile: `http://127.0.0.1:${port}/a.wav?Signature=s` },
  ]);
  await until('the recording', async () => {
    const rows = await ledger.database.query<{ state: string }>('SELECT state FROM call_recordings');
    return rows.every(({ state }) => state !== 'announced');
  });
  store.closeAllConnections();
  store.close();
}

/** What a check has found of the task, and the ids of a check and a repair. */
export async function completenessOf(
  { database }: TestLedger,
  taskId: string,
  source: string,
): Promise<[check: string, repair: string]> {
  const ids: [string, string] = [uuidv7(), uuidv7()];
  await database.query(
    `INSERT INTO completeness_tasks (task_id, source, verdict, reason, checked_at, vendor_calls, ledger_calls,
        vendor_entries, ledger_entries, missing)
      VALUES ($1, $2, 'missing', 'A reason.', now(), 3, 2, 3, 2, 1)`,
    [taskId, source],
  );
  await database.query(
    `INSERT INTO completeness_missing (task_id, detail_id, source, call_id, out_id, calling_time, state, changed_at)
      VALUES ($1, '90001', $2, 'lost', '13900000008', now(), 'missing', now())`,
    [taskId, source],
  );
  await database.query(
    `INSERT INTO completeness_runs (id, kind, scope, task_id, automatic, dry_run, status, requested_at, next_try_at, failures,
        tasks_done, examined, repairable, repaired, unrepairable)
      SELECT unnest($1::uuid[]), unnest('{check,repair}'::text[]), 'task', $2, false, false, 'done', now(), now(), 0, 1, 1, 1, 1, 0`,
    [ids, taskId],
  );
  return ids;
}

/** Of a number that nothing here holds. */
const ERASURE = JSON.stringify({ number: '13900000009', reason: 'Asked for by the person' });

/** By operationId. */
export const REQUESTS: Readonly<Record<string, (known: Known) => Sample>> = {
  pushWithTokenInPath: () => ({ target: `/push/${PUSH_TOKEN}/call-reports`, body: '[]' }),
  push: () => ({ target: '/push/call-reports', body: '[]' }),
  pushNotesWithTokenInPath: () => ({ target: `/push/${PUSH_TOKEN}/call-notes`, body: '[]' }),
  pushNotes: () => ({ target: '/push/call-notes', body: '[]' }),
  pushRecordingsWithTokenInPath: () => ({ target: `/push/${PUSH_TOKEN}/call-recordings`, body: '[]' }),
  pushRecordings: () => ({ target: '/push/call-recordings', body: '[]' }),
  listCalls: () => ({ target: '/v1/calls?limit=1&taskId=task-1,task-2&from=2025-06-01&answered=true' }),
  getCall: ({ callId }) => ({ target: `/v1/calls/${callId}` }),
  getCallHistory: ({ callId }) => ({ target: `/v1/calls/${callId}/history?limit=10` }),
  getConversation: ({ callId }) => ({ target: `/v1/calls/${callId}/conversation` }),
  getRecording: ({ callId }) => ({ target: `/v1/calls/${callId}/recording` }),
  listTasks: () => ({ target: '/v1/tasks?order=asc' }),
  getTask: ({ taskId }) => ({ target: `/v1/tasks/${taskId}` }),
  listBatchesOfTask: ({ taskId }) => ({ target: `/v1/tasks/${taskId}/batches` }),
  labelTask: ({ taskId }) => ({ target: `/v1/tasks/${taskId}/label`, body: '{"name":"Spring sale"}' }),
  labelBatch: ({ taskId, batchId }) => ({
    target: `/v1/tasks/${taskId}/batches/${batchId}/label`,
    body: '{"name":"Sunday","note":"First wave"}',
  }),
  getBatch: ({ taskId, batchId }) => ({ target: `/v1/tasks/${taskId}/batches/${batchId}` }),
  listBatches: ({ taskId }) => ({ target: `/v1/batches?taskId=${taskId}` }),
  getCallStats: () => ({ target: '/v1/stats/calls?interval=day&groupBy=taskId&fill=false' }),
  listChanges: () => ({ target: '/v1/changes?limit=1&wait=0' }),
  listFollowers: () => ({ target: '/v1/followers?limit=10' }),
  deleteFollower: ({ follower }) => ({ target: `/v1/followers/${follower}` }),
  createWebhook: () => ({
    target: '/v1/webhooks',
    body: JSON.stringify({ name: 'CRM', url: NOBODY, filter: { source: ['vendor'] }, fields: ['outId'] }),
  }),
  listWebhooks: () => ({ target: '/v1/webhooks?limit=10' }),
  getWebhook: ({ webhook }) => ({ target: `/v1/webhooks/${webhook}` }),
  changeWebhook: ({ webhook }) => ({ target: `/v1/webhooks/${webhook}`, body: '{"state":"active"}' }),
  testWebhook: ({ webhook }) => ({ target: `/v1/webhooks/${webhook}/test` }),
  rotateWebhookSecret: ({ webhook }) => ({ target: `/v1/webhooks/${webhook}/rotate-secret` }),
  rewindWebhook: ({ webhook }) => ({
    target: `/v1/webhooks/${webhook}/rewind`,
    body: '{"time":"2025-06-01T00:00:00Z"}',
  }),
  listWebhookAttempts: ({ webhook }) => ({ target: `/v1/webhooks/${webhook}/attempts?limit=10` }),
  deleteWebhook: ({ doomedWebhook }) => ({ target: `/v1/webhooks/${doomedWebhook}` }),
  exportCalls: () => ({ target: '/v1/exports/calls?format=csv&fields=outId&for=program' }),
  listDeliveries: () => ({ target: '/v1/deliveries?via=direct&hasQuarantined=true' }),
  getDelivery: ({ delivery }) => ({ target: `/v1/deliveries/${delivery}` }),
  getDeliveryBody: ({ delivery }) => ({ target: `/v1/deliveries/${delivery}/body` }),
  listStatusCodes: () => ({ target: '/v1/status-codes' }),
  listSchemaDrift: () => ({ target: '/v1/schema-drift?kind=unknownField' }),
  listQuarantine: () => ({ target: '/v1/quarantine?status=open,replayed' }),
  groupQuarantine: () => ({ target: '/v1/quarantine/groups?status=open' }),
  acknowledgeSchemaDrift: () => ({ target: '/v1/schema-drift/acknowledge', body: '{"dryRun":true}' }),
  discardQuarantine: () => ({ target: '/v1/quarantine/discard', body: '{"dryRun":true}' }),
  getQuarantined: ({ openEntry }) => ({ target: `/v1/quarantine/${openEntry}` }),
  replayQuarantine: () => ({ target: '/v1/quarantine/replay', body: '{"dryRun":true}' }),
  discardQuarantined: ({ openEntry }) => ({ target: `/v1/quarantine/${openEntry}/discard` }),
  listApiKeys: () => ({ target: '/v1/api-keys?limit=10' }),
  getCurrentApiKey: () => ({ target: '/v1/api-keys/current' }),
  createApiKey: () => ({
    target: '/v1/api-keys',
    body: '{"name":"CRM","scopes":["calls:read"],"sources":["vendor"],"expiresAt":"2099-01-01T00:00:00Z"}',
  }),
  revokeApiKey: ({ apiKey }) => ({ target: `/v1/api-keys/${apiKey}` }),
  listSessions: () => ({ target: '/v1/sessions?limit=10' }),
  endSession: ({ session }) => ({ target: `/v1/sessions/${session}` }),
  listAuditEvents: () => ({
    target: '/v1/audit-events?action=key.created&keyId=admin&from=2025-06-01&limit=1',
  }),
  eraseNumber: () => ({ target: '/v1/erasures', body: ERASURE }),
  listErasures: () => ({ target: '/v1/erasures?limit=1' }),
  getErasure: ({ erasure }) => ({ target: `/v1/erasures/${erasure}` }),
  listCompleteness: ({ taskId }) => ({ target: `/v1/completeness?taskId=${taskId}&verdict=missing` }),
  listMissingEntries: ({ taskId }) => ({ target: `/v1/completeness/${taskId}/missing?state=missing` }),
  checkCompleteness: () => ({ target: '/v1/completeness/checks', body: '{}' }),
  getCompletenessCheck: ({ check }) => ({ target: `/v1/completeness/checks/${check}` }),
  repairCompleteness: () => ({ target: '/v1/completeness/repairs', body: '{"dryRun":true}' }),
  getCompletenessRepair: ({ repair }) => ({ target: `/v1/completeness/repairs/${repair}` }),
  getStatus: () => ({ target: '/v1/status' }),
  getLiveness: () => ({ target: '/health/live' }),
  getReadiness: () => ({ target: '/health/ready' }),
  getMetrics: () => ({ target: '/metrics' }),
  getStartup: () => ({ target: '/health/startup' }),
};

/** Requests that the state of what they ask for forbids, by operationId. */
export const CONFLICTS: Readonly<Record<string, (known: Known) => Sample>> = {
  discardQuarantined: ({ replayedEntry }) => ({ target: `/v1/quarantine/${replayedEntry}/discard` }),
  changeWebhook: ({ orphan }) => ({ target: `/v1/webhooks/${orphan}`, body: '{"state":"active"}' }),
};

/** Requests for what is not kept any more, by operationId. */
export const GONE: Readonly<Record<string, (known: Known) => Sample>> = {
  getDeliveryBody: ({ goneDelivery }) => ({ target: `/v1/deliveries/${goneDelivery}/body` }),
};

/** Answers that are described and can't be brought about here, and why. As `operationId status`. */
export const UNPROVOKED: Readonly<Record<string, string>> = {
  'getCurrentApiKey 503': 'only for a key that the database has to be asked for',
  'getStatus 503': 'only for a key that the database has to be asked for',
  'checkCompleteness 409': 'only without an access key to the vendor',
  'repairCompleteness 409': 'only without an access key to the vendor',
  'testWebhook 409': 'only while a request is under way for 11 s, or with another key for secrets',
  'getLiveness 503': 'only while the service shuts down, on a connection that is open already',
};

/** Asks for all that the description at `/openapi.json` names, and compares the answers with it. */
export async function everyOperationGoesWell(ledger: TestLedger): Promise<void> {
  const known = await prepare(ledger);
  const { operations } = await contractOf(ledger.url);
  for (const { operationId, method } of operations) {
    const { target, body } = REQUESTS[operationId]?.(known) ?? { target: 'no sample' };
    const answer = await ledger.request(target, {
      method,
      headers: { authorization: `Bearer ${/^push[A-Z]?[a-z]*$/.test(operationId) ? PUSH_TOKEN : API_KEY}` },
      ...(body === undefined ? {} : { body }),
    });
    expect([operationId, Math.floor(answer.status / 100), answer.text]).toEqual([
      operationId,
      2,
      answer.text,
    ]);
  }
}
