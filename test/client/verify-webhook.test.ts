// Signatures are taken and refused as the package of Standard Webhooks does, and those of the service are taken.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { type VerifiedWebhook, verifyWebhook, WebhookError } from '../../client/src/index.js';
import { object, pushed, string } from '../contract/helpers.js';
import { eraseCalls } from '../query/changes/erasing.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { makeWebhook, send } from '../webhooks/webhooks.js';

const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`;
const SECRET = newSecret();
const BODY =
  '{"type":"calls.changed","timestamp":"2025-06-01T02:05:31.120Z","data":{"changes":[{"event":"call.erased","callId":"呼叫"}],"cursor":"WyJj"}}';

function signed(body = BODY, { at = Date.now(), secret = SECRET, id = 'msg_1' } = {}) {
  const timestamp = Math.floor(at / 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': new Webhook(secret).sign(id, new Date(timestamp * 1000), body),
  };
}

describe('A request that is signed', () => {
  it('is taken, as text and as bytes, with headers of Node.js and of fetch', () => {
    const expected = {
      ...{ id: 'msg_1', type: 'calls.changed', cursor: 'WyJj' },
      changes: [{ event: 'call.erased', callId: '呼叫' }],
    };
    for (const body of [BODY, Buffer.from(BODY), new Uint8Array(Buffer.from(BODY))]) {
      expect(verifyWebhook(body, signed(), SECRET)).toMatchObject(expected);
      expect(verifyWebhook(body, new Headers(signed()), SECRET)).toMatchObject(expected);
    }
  });

  it('has no changes if it is of another type', () => {
    const body = '{"type":"webhook.test","timestamp":"2025-06-01T02:05:31.120Z","data":{}}';
    const test = verifyWebhook(body, signed(body), SECRET);
    expect(test).toMatchObject({ type: 'webhook.test', changes: [], cursor: undefined });
    expect(test.body).toEqual(JSON.parse(body));
  });

  it('fits one of several secrets and signatures while a secret is rotated', () => {
    const [old, fresh, other] = [newSecret(), newSecret(), newSecret()];
    const headers = signed(BODY, { secret: fresh });
    const both = `${signed(BODY, { secret: old })['webhook-signature']} ${headers['webhook-signature']}`;
    for (const secrets of [old, fresh, [other, old], [fresh, other]])
      expect(verifyWebhook(BODY, { ...headers, 'webhook-signature': both }, secrets).id).toBe('msg_1');
    expect(verifyWebhook(BODY, headers, [old, fresh]).id).toBe('msg_1');
    expect(() => verifyWebhook(BODY, headers, [old, other])).toThrow(WebhookError);
  });

  it('is refused when it is too old, or too far ahead', () => {
    const now = 1_750_000_000_000;
    for (const [at, options] of [
      [now - 300_000, {}],
      [now + 300_000, {}],
      [now - 3_600_000, { toleranceSeconds: 3600 }],
    ] as const) {
      expect(verifyWebhook(BODY, signed(BODY, { at }), SECRET, { now, ...options }).id).toBe('msg_1');
      const beyond = signed(BODY, { at: at + (at < now ? -1000 : 1000) });
      expect(() => verifyWebhook(BODY, beyond, SECRET, { now, ...options })).toThrow('too old');
    }
  });

  it('is refused when it has no changes, or is no JSON', () => {
    for (const body of [
      ...['', 'no JSON', '[]', '{}', '{"type":"calls.changed"}'],
      '{"type":"calls.changed","data":{"changes":[{"event":"call.erased"}],"cursor":"WyJj"}}',
      '{"type":"calls.changed","data":{"changes":[],"cursor":""}}',
    ])
      expect(() => verifyWebhook(body, signed(body), SECRET)).toThrow(WebhookError);
  });
});

describe('What was altered', () => {
  /** Whether the package of Standard Webhooks takes it. */
  const isTakenByOracle = (body: string, headers: Record<string, string>) => {
    try {
      new Webhook(SECRET).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  };
  const isTaken = (body: string, headers: Record<string, string>) => {
    try {
      verifyWebhook(body, headers, SECRET);
      return true;
    } catch (error) {
      if (error instanceof WebhookError) return false;
      throw error;
    }
  };
  const altered = (text: string) =>
    fc.oneof(
      fc.constant(text),
      fc.nat(text.length).map((at) => text.slice(0, at)),
      fc
        .tuple(fc.nat(text.length), fc.string({ maxLength: 3, unit: 'grapheme' }))
        .map(([at, insert]) => text.slice(0, at) + insert + text.slice(at)),
      fc.string(),
    );

  it('is taken or refused as by the package of Standard Webhooks', () => {
    const headers = signed();
    const verdicts = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(BODY), altered(BODY)),
        altered(headers['webhook-id']),
        fc.oneof(fc.constant(headers['webhook-timestamp']), altered(headers['webhook-timestamp'])),
        fc.oneof(
          altered(headers['webhook-signature']),
          altered(headers['webhook-signature']).map(
            (one) => `${one} v1,AAAA ${headers['webhook-signature']}`,
          ),
        ),
        (body, id, timestamp, signature) => {
          const given = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
          const taken = isTaken(body, given);
          // The package takes the digits that it finds in the timestamp.
          const expected = isTakenByOracle(body, given) && String(Number(timestamp)) === timestamp;
          expect({ given, body, taken }).toEqual({ given, body, taken: expected });
          verdicts[taken ? 'taken' : 'refused'] += 1;
        },
      ),
      { numRuns: 2000 },
    );
    expect(verdicts.taken).toBeGreaterThan(10);
    expect(verdicts.refused).toBeGreaterThan(100);
  });

  it('lacks a header', () => {
    for (const name of Object.keys(signed()))
      expect(() => verifyWebhook(BODY, { ...signed(), [name]: undefined }, SECRET)).toThrow('missing');
  });
});

it.each(['', 'whsec_', 'whsec_AAAA', 'no base64!', []])('The secret %p is refused', (secret) => {
  expect(() => verifyWebhook(BODY, signed(), secret)).toThrow(TypeError);
});

describe('The service', () => {
  let ledger: TestLedger;
  let server: Server;
  let url: string;
  const received: VerifiedWebhook[] = [];
  const secrets: string[] = [];

  beforeAll(async () => {
    ledger = await startLedger({ WEBHOOK_ALLOW_HOSTS: '127.0.0.1' });
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        try {
          received.push(verifyWebhook(Buffer.concat(chunks), request.headers, secrets));
          response.writeHead(204).end();
        } catch {
          response.writeHead(401).end();
        }
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await ledger.stop();
  });

  it('sends what is taken, with the old and with the new secret', async () => {
    const { id, secret } = await makeWebhook(ledger, { url, startAt: 'now' });
    secrets.push(secret);
    await pushed(ledger, [record('signed')]);
    await until('the call', () => received.length === 1);
    expect(received[0]?.changes).toMatchObject([{ event: 'call.stored', call: { callId: 'signed' } }]);
    const rotated = string(object((await send(ledger, 'POST', `${id}/rotate-secret`)).body)['secret']);
    // By the old secret.
    await eraseCalls(ledger.database, ['signed']);
    await until('the erasure', () => received.length === 2);
    expect(received[1]?.changes).toEqual([{ event: 'call.erased', callId: 'signed' }]);
    secrets.splice(0, 1, rotated);
    const test = object((await send(ledger, 'POST', `${id}/test`)).body);
    expect(test).toMatchObject({ status: 204 });
    expect(received[2]).toMatchObject({ type: 'webhook.test', changes: [] });
  });
});
