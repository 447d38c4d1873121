// A path of the service in, how much came and its end out.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { API_KEY } from '../support/processes.js';

export interface Download {
  readonly bytes: number;
  /** The end of the answer. */
  readonly tail: string;
}

const TAIL_BYTES = 2000;

/**
 * @param accept the media type to ask for
 * @throws Error at an answer that is not 200, or that is broken off
 */
export async function download(port: number, path: string, accept = '*/*'): Promise<Download> {
  const headers = { authorization: `Bearer ${API_KEY}`, accept };
  const asked = request({ port, path, headers, agent: false, host: '127.0.0.1' }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`GET ${path} was answered ${answer.statusCode ?? 0}`);
  let bytes = 0;
  // Nothing is copied meanwhile: it would cost what is measured its processor.
  let last: readonly Buffer[] = [];
  answer.on('data', (part: Buffer) => {
    bytes += part.length;
    last = part.length >= TAIL_BYTES ? [part] : [...last, part];
  });
  await once(answer, 'end');
  if (!answer.complete) throw new Error(`GET ${path} was broken off`);
  return { bytes, tail: Buffer.concat(last).subarray(-TAIL_BYTES).toString('utf8') };
}
