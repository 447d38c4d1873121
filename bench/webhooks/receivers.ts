// Receivers of webhooks that answer at once. They have a thread of their own, so that they keep nobody from timing
// pushes.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type MessagePort, parentPort, Worker } from 'node:worker_threads';

export interface Receivers {
  readonly url: string;
  /** @returns how many requests came */
  readonly close: () => Promise<number>;
}

export async function startReceivers(): Promise<Receivers> {
  const thread = new Worker(fileURLToPath(import.meta.url));
  const [port] = (await once(thread, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      const count = once(thread, 'message').then(([requests]) => requests as number);
      thread.postMessage('close');
      const requests = await count;
      await thread.terminate();
      return requests;
    },
  };
}

async function inThread(parent: MessagePort): Promise<void> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume().once('end', () => response.writeHead(204).end());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  parent.once('message', () => {
    parent.postMessage(requests);
  });
  parent.postMessage((server.address() as AddressInfo).port);
}

if (parentPort !== null) await inThread(parentPort);
