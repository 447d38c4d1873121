// A client that reads an export, or stops reading it.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { API_KEY } from '../../support/ledger.js';

/** Resolves with the answer once its head is there; nothing of the body is read yet. */
export async function openExport(
  url: string,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const request = get(url, { headers: { authorization: `Bearer ${API_KEY}`, ...headers }, agent: false });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}

/**
 * Reads an answer to its end.
 *
 * @throws Error when the connection breaks off before the end
 */
export async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
