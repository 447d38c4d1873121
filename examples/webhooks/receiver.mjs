// Receives webhooks of Call Ledger in Node.js 20 or newer, without packages.
// WEBHOOK_SECRET=whsec_… PORT=8080 node receiver.mjs
import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const SECRET = Buffer.from((process.env.WEBHOOK_SECRET ?? '').replace(/^whsec_/, ''), 'base64');
const TOLERANCE_S = 300;

/** Whether the request comes from the ledger, and is not an old one that somebody sends again. */
function isGenuine(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < TOLERANCE_S)) return false;
  const expected = createHmac('sha256', SECRET).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ''), 'base64');
    return one.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** In place of your database: store a call under its callId, and delete what was erased. */
const calls = new Map();

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (!isGenuine(request.headers, body)) return response.writeHead(401).end();
  const { type, data } = JSON.parse(body);
  if (type === 'calls.changed') {
    for (const { callId, call } of data.changes) {
      if (call === undefined) calls.delete(callId);
      else calls.set(callId, call);
    }
  }
  console.log(JSON.stringify([...calls.keys()]));
  response.writeHead(204).end();
}).listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => console.log('listening'));
