// The receivers of examples/webhooks take what the service sends, and nothing that is not signed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pushed } from '../contract/helpers.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { freePort, until } from '../support/service.js';
import { makeWebhook, send, webhookOf } from './webhooks.js';

const FOLDER = fileURLToPath(new URL('../../examples/webhooks', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'call-ledger-receivers-'));
const GO_PROGRAM = join(folder, 'receiver');
/** Go is compiled before. */
const RECEIVERS = [
  ['Node.js', process.execPath, ['receiver.mjs'], '--version'],
  ['Python', 'python3', ['receiver.py'], '--version'],
  ['Go', 'go', ['build', '-o', GO_PROGRAM, 'receiver.go'], 'version'],
  ['Java', 'java', ['Receiver.java'], '-version'],
] as const;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger({ WEBHOOK_ALLOW_HOSTS: '127.0.0.1' });
});
afterAll(async () => {
  await ledger.stop();
  rmSync(folder, { recursive: true, force: true });
});

function isThere(command: string, version: string): boolean {
  return spawnSync(command, [version]).error === undefined;
}

describe.each(RECEIVERS)('A receiver in %s', (language, command, options, version) => {
  const there = isThere(command, version);
  if (!there)
    console.log(`SKIPPED: ${command} is not installed, so the receiver in ${language} is not tried`);

  (there ? it : it.skip)('keeps the calls, and refuses what is not signed', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/calls`;
    const { id, secret } = await makeWebhook(ledger, { url, startAt: 'now' });
    const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) };
    if (command === 'go') expect(spawnSync(command, options, { cwd: FOLDER, env }).status).toBe(0);
    const child: ChildProcess =
      command === 'go' ? spawn(GO_PROGRAM, { env }) : spawn(command, options, { cwd: FOLDER, env });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    try {
      await until(
        () => `the receiver; it printed ${output}`,
        () => output.includes('listening'),
      );
      const callId = `of-${language}`;
      await pushed(ledger, [record(callId)]);
      await until(
        () => `the call; it printed ${output}`,
        () => output.includes(callId),
      );
      await until('the answer', async () => (await webhookOf(ledger, id))['lastSuccessAt'] !== null);
      const now = String(Math.floor(Date.now() / 1000));
      const headers = { 'webhook-id': 'x', 'webhook-timestamp': now, 'webhook-signature': 'v1,AAAA' };
      expect((await fetch(url, { method: 'POST', body: '{}', headers })).status).toBe(401);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
      await send(ledger, 'DELETE', id);
    }
  });
});
