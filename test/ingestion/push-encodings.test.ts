// Whatever a push is encoded with: what is known is unpacked, within the limit, and what is not is kept as it came.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { startLedger, type TestLedger } from '../support/ledger.js';

const LIMIT = 64 * 1024;

type Pack = (bytes: Buffer) => Buffer;

const brotli: Pack = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
/** By the header that says so, in each of the forms in which it is sent. */
const PACKERS: readonly (readonly [encoding: string, pack: Pack])[] = [
  ['gzip', (bytes) => gzipSync(bytes)],
  ['X-GZIP', (bytes) => gzipSync(bytes)],
  ...[0, 1, 6, 9].flatMap((level) => [
    ['deflate', (bytes: Buffer) => deflateSync(bytes, { level })] as const,
    ['Deflate', (bytes: Buffer) => deflateRawSync(bytes, { level })] as const,
  ]),
  ['deflate', (bytes) => deflateSync(bytes, { windowBits: 9 })],
  ['br', brotli],
  ['identity', (bytes) => bytes],
];

let ledger: TestLedger;
let pushes = 0;

beforeAll(async () => {
  ledger = await startLedger({ PUSH_BODY_LIMIT: `${LIMIT}b` });
});
afterAll(() => ledger.stop());

const push = (bytes: Buffer, encoding: string) => ledger.push(bytes, { 'content-encoding': encoding });

interface Entry {
  readonly raw: string;
  readonly rawEncoding: 'utf8' | 'base64';
  readonly reason: string;
  readonly place: string;
  readonly status: string;
}

async function entryOf(deliveryId: string | null): Promise<Entry | undefined> {
  const { body } = await ledger.get(`/v1/quarantine?deliveryId=${String(deliveryId)}`);
  return (body as { data: Entry[] }).data[0];
}

function bodyOf(bytes: number): { callId: string; body: Buffer } {
  pushes += 1;
  const callId = `packed-${pushes}`;
  return { callId, body: Buffer.from(`[{"callId":"${callId}"}]`.padEnd(bytes, ' ')) };
}

describe('A push that is packed', () => {
  it('is taken, by each encoding and by up to three of them after another', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...PACKERS), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(', ', ',', ' , ,'),
        async (packers, comma) => {
          const { callId, body } = bodyOf(100);
          const bytes = packers.reduce((packed, [, pack]) => pack(packed), body);
          const answer = await push(bytes, packers.map(([encoding]) => encoding).join(comma));
          expect([answer.status, answer.text]).toEqual([200, '{"code":0,"msg":"Success"}']);
          expect((await ledger.get(`/v1/calls/${callId}`)).status).toBe(200);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(PACKERS)('by %s (%#) may unpack to the limit, and no byte more', async (encoding, pack) => {
    const { body, callId } = bodyOf(LIMIT);
    const within = await push(pack(body), encoding);
    // Level 0 does not pack at all: its own bytes make it larger than the limit.
    if (pack(body).length > LIMIT) expect(within.status).toBe(413);
    else expect([within.status, (await ledger.get(`/v1/calls/${callId}`)).status]).toEqual([200, 200]);
    expect((await push(pack(bodyOf(LIMIT + 1).body), encoding)).status).toBe(413);
  });

  it('is refused when what is packed within unpacks to more than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, ' '));
    expect(gzipSync(bomb).length).toBeLessThan(LIMIT);
    expect((await push(gzipSync(bomb), 'gzip, gzip')).status).toBe(413);
    const large = gzipSync(deflateSync(Buffer.alloc(100 * LIMIT, ' '), { level: 0 }), { level: 9 });
    expect(large.length).toBeLessThan(LIMIT);
    expect((await push(large, 'deflate, gzip')).status).toBe(413);
  });

  it.each([
    ['gzip', Buffer.from('[]')],
    ['deflate', Buffer.from('{}')],
    ['br', Buffer.from('[] ')],
    ['gzip', gzipSync('[{"callId":"cut"}]').subarray(0, 20)],
    ['deflate', deflateSync('[{"callId":"cut"}]').subarray(0, 12)],
    ['deflate', deflateRawSync('[{"callId":"cut"}]').subarray(0, 12)],
    ['br', brotli(Buffer.from('[{"callId":"cut"}]')).subarray(0, 12)],
    ['gzip, br', gzipSync('[{"callId":"packed once only"}]')],
  ])(
    'but not by %s, as its header says (%#), is answered 400 and kept as it came',
    async (encoding, bytes) => {
      const answer = await push(bytes, encoding);
      expect(answer.body).toEqual({
        code: 400,
        msg: expect.stringMatching(/^The body is not (gzip|deflate|br), though/),
      });
      const entry = await entryOf(answer.headers.get('x-delivery-id'));
      expect(Buffer.from(entry?.raw ?? '', entry?.rawEncoding)).toEqual(bytes);
    },
  );
});

describe('A push by another encoding', () => {
  it.each([
    ['zstd', 'as zstd, which'],
    ['gzip, zstd', 'as zstd, which'],
    ['aes128gcm', 'in a way that'],
    ['constructor', 'as constructor, which'],
    ['"13900000000"', 'in a way that'],
  ])('(%s) is answered 415 and kept as it came', async (encoding, way) => {
    const bytes = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, pushes]);
    pushes += 1;
    const answer = await push(bytes, encoding);
    const reason = `The body is encoded ${way} is not supported; use gzip, deflate or br`;
    expect([answer.status, answer.body]).toEqual([415, { code: 415, msg: reason }]);
    const entry = await entryOf(answer.headers.get('x-delivery-id'));
    expect(entry).toMatchObject({ reason, place: '', status: 'open', rawEncoding: 'base64' });
    expect(Buffer.from(entry?.raw ?? '', 'base64')).toEqual(bytes);
  });

  it('or by more than three, is kept too, without being unpacked', async () => {
    const bytes = [1, 2, 3, 4].reduce((packed) => gzipSync(packed), bodyOf(50).body);
    const answer = await push(bytes, 'gzip, gzip, gzip, gzip');
    expect(answer.body).toEqual({ code: 415, msg: 'The body is encoded more than 3 times' });
    const entry = await entryOf(answer.headers.get('x-delivery-id'));
    expect(Buffer.from(entry?.raw ?? '', 'base64')).toEqual(bytes);
  });

  it('is refused like any other when it is larger than the limit', async () => {
    expect((await push(Buffer.alloc(LIMIT + 1), 'zstd')).status).toBe(413);
  });
});
