// A server in the place of the vendor's query API. It checks each signature with code of its own, written from the
// vendor's description of the algorithm and not from the signer.
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { VendorAccess } from '../../src/config/settings.js';

/** A request that was signed rightly. */
export interface VendorCall {
  readonly action: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Counts all calls from 1. */
  readonly number: number;
  readonly atMs: number;
}

/** How the stand-in answers: a value is sent as JSON in the vendor's envelope, the others as they are. */
export type Reply =
  | { readonly data: unknown }
  | {
      readonly status?: number;
      readonly text: string | Buffer;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'silence'
  | 'half'
  | 'drop';

export type Handler = (call: VendorCall) => Reply;

const MOST_SKEW_MS = 15 * 60_000;

export class VendorStandIn {
  readonly calls: VendorCall[] = [];
  /** Why requests were refused. Tests expect none that they did not cause. */
  readonly refusals: string[] = [];
  private readonly nonces = new Set<string>();
  private readonly server = createServer((request, response) => {
    void this.take(request, response);
  });

  private constructor(
    private readonly key: Omit<VendorAccess, 'endpoint'>,
    private readonly handle: Handler,
  ) {}

  static async listening(handle: Handler, key: Partial<VendorAccess> = {}): Promise<VendorStandIn> {
    const standIn = new VendorStandIn({ ...KEY, ...key }, handle);
    await new Promise<void>((resolve) => standIn.server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  /** What a client needs to ask this server. */
  get access(): VendorAccess {
    return { ...this.key, endpoint: this.url };
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `http://127.0.0.1:${address.port}/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const wrong = this.problemOf(request, Buffer.concat(chunks));
    if (wrong !== undefined) {
      this.refusals.push(wrong);
      // The vendor quotes what it has signed itself, so a security token is in the message.
      const Message = `${wrong}; server canonicalString is: ${String(request.headers['x-acs-security-token'])}`;
      response.writeHead(400).end(JSON.stringify({ Code: 'SignatureDoesNotMatch', Message, RequestId: 'R' }));
      return;
    }
    const call = {
      action: String(request.headers['x-acs-action']),
      parameters: Object.fromEntries(queryOf(request)),
      number: this.calls.length + 1,
      atMs: performance.now(),
    };
    this.calls.push(call);
    answer(response, this.handle(call));
  }

  private problemOf(request: IncomingMessage, body: Buffer): string | undefined {
    const { headers } = request;
    const form = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/;
    const [, id, names = '', signature] = form.exec(headers.authorization ?? '') ?? [];
    if (id !== this.key.accessKeyId) return 'unknown access key or another form of Authorization';
    if (request.method !== 'POST') return `method ${String(request.method)}`;
    if (headers.accept !== 'application/json') return 'accept is not application/json';
    if (headers['x-acs-version'] !== '2019-10-15') return 'another version';
    if (headers['x-acs-content-sha256'] !== hex(body)) return 'the hash is not that of the body';
    if ((headers['x-acs-security-token'] ?? undefined) !== this.key.securityToken) return 'another token';
    const skew = Math.abs(Date.now() - Date.parse(String(headers['x-acs-date'])));
    if (!(skew < MOST_SKEW_MS)) return 'the date is expired';
    const nonce = String(headers['x-acs-signature-nonce']);
    if (nonce.length < 8 || this.nonces.has(nonce)) return 'the nonce was used before';
    this.nonces.add(nonce);
    const toSign = Object.keys(headers).filter((name) => /^(host|content-type|x-acs-.+)$/.test(name));
    if (names !== toSign.sort().join(';')) return `signed are ${names}`;
    return signature === this.signatureOf(request, names.split(';'), hex(body))
      ? undefined
      : 'wrong signature';
  }

  private signatureOf(request: IncomingMessage, names: string[], bodyHash: string): string {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const pairs = queryOf(request).map(([name, value]) => `${rfc3986(name)}=${rfc3986(value)}`);
    let canonical = `${String(request.method)}\n${path}\n${pairs.sort().join('&')}\n`;
    for (const name of names) canonical += `${name}:${String(request.headers[name]).trim()}\n`;
    canonical += `\n${names.join(';')}\n${bodyHash}`;
    const text = `ACS3-HMAC-SHA256\n${hex(Buffer.from(canonical, 'utf8'))}`;
    return createHmac('sha256', Buffer.from(this.key.accessKeySecret)).update(text).digest('hex');
  }
}

const KEY = {
  accessKeyId: 'made-up-key-id',
  accessKeySecret: 'made-up-secret-of-a-key',
  securityToken: undefined,
};

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === 'silence') return;
  if (reply === 'drop') response.destroy();
  else if (reply === 'half') response.writeHead(200).write('{"Code":"OK","Success":true,');
  else if ('text' in reply) response.writeHead(reply.status ?? 200, reply.headers).end(reply.text);
  else response.end(envelope(reply.data));
}

/** The vendor's answer with this data. */
export function envelope(data: unknown): string {
  const around = {
    RequestId: 'R-1',
    Code: 'OK',
    Message: 'success',
    Success: true,
    AccessDeniedDetail: null,
  };
  return JSON.stringify({ ...around, Data: data });
}

function queryOf(request: IncomingMessage): [string, string][] {
  const query = (request.url ?? '').split('?')[1] ?? '';
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [decodeURIComponent(name), decodeURIComponent(value)];
    });
}

/** Each byte that is not unreserved as a percent and two hexadecimal digits. */
function rfc3986(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      const digits = byte.toString(16).toUpperCase().padStart(2, '0');
      return /[A-Za-z0-9._~-]/.test(character) ? character : `%${digits}`;
    })
    .join('');
}

function hex(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
