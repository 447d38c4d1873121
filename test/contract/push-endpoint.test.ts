// The push endpoint: what the vendor may send, what it is answered, and what is kept of it.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.setup.js';
import { readSettings } from '../../src/config/read-settings.js';
import { createDatabase } from '../support/database.js';
import {
  API_KEY,
  OTHER_PUSH_TOKEN,
  PUSH_TOKEN,
  startLedger,
  type Answer,
  type TestLedger,
} from '../support/ledger.js';
import { record } from '../support/records.js';
import {
  callOf,
  countOf,
  deliveryOf,
  linkTo,
  NO_DATABASE,
  pushed,
  rowCounts,
  spawnLedger,
  string,
  SUCCESS,
  UUID_V7,
} from './helpers.js';
import { until } from '../support/service.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Pushes without a token in the path. */
function pushWithHeaders(headers: Record<string, string>, body: unknown, to = ledger): Promise<Answer> {
  return to.request('/push/call-reports', { method: 'POST', body: JSON.stringify(body), headers });
}

function pushWithToken(token: string, body: unknown, to = ledger): Promise<Answer> {
  return to.request(`/push/${encodeURIComponent(token)}/call-reports`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
}

/** Expects the refusal in the form that the vendor knows. */
function expectRefusal(answer: Answer, code: number): void {
  expect({ status: answer.status, text: answer.text }).toEqual({ status: code, text: answer.text });
  expect(answer.body).toEqual({ code, msg: expect.stringMatching(/\w/) });
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
}

async function expectKeepsNothing(act: () => Promise<void>, of = ledger): Promise<void> {
  const before = await rowCounts(of);
  await act();
  expect(await rowCounts(of)).toEqual(before);
}

interface QuarantineRow {
  [column: string]: unknown;
  source: string;
  status: string;
  place: string;
  reason: string;
  raw: Buffer;
}

const quarantinedWhole = (body: string | Buffer) =>
  ledger.database.query<QuarantineRow>('SELECT * FROM quarantine WHERE sha256 = $1', [
    createHash('sha256').update(body).digest(),
  ]);

describe('a push with the right token', () => {
  it.each<[string, () => Promise<Answer>]>([
    ['in the path', () => pushWithToken(PUSH_TOKEN, [record('t-path')])],
    [
      'as Bearer token',
      () => pushWithHeaders({ authorization: `Bearer ${PUSH_TOKEN}` }, [record('t-bearer')]),
    ],
    [
      'as Bearer token, the scheme in small letters',
      () => pushWithHeaders({ authorization: `bearer ${PUSH_TOKEN}` }, [record('t-small')]),
    ],
    [
      'as Basic password',
      () => pushWithHeaders({ authorization: basic('any', PUSH_TOKEN) }, [record('t-basic')]),
    ],
    [
      'as Basic password of a nameless user',
      () => pushWithHeaders({ authorization: basic('', PUSH_TOKEN) }, [record('t-nameless')]),
    ],
  ])('%s is acknowledged and kept', async (_where, push) => {
    const before = await countOf(ledger, 'calls');
    const answer = await push();
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: SUCCESS });
    expect(await countOf(ledger, 'calls')).toBe(before + 1);
  });

  it('is answered as JSON, with the delivery in X-Delivery-Id, a UUIDv7 of now', async () => {
    const start = Date.now();
    const answer = await ledger.push([record('identified')]);
    expect(answer.text).toBe(SUCCESS);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const id = string(answer.headers.get('x-delivery-id'));
    expect(id).toMatch(UUID_V7);
    const time = parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(start - 1000);
    expect(time).toBeLessThanOrEqual(Date.now() + 1000);
    expect(await deliveryOf(ledger, id)).toMatchObject({
      source: 'vendor',
      via: 'direct',
      records: 1,
      stored: 1,
    });
    expect(await callOf(ledger, 'identified')).toMatchObject({ deliveryId: id, source: 'vendor' });
  });

  it('may have a query string behind its URL', async () => {
    const answer = await ledger.request(`/push/${PUSH_TOKEN}/call-reports?from=console`, {
      method: 'POST',
      body: JSON.stringify([record('with-query')]),
    });
    expect(answer.text).toBe(SUCCESS);
    expect(await callOf(ledger, 'with-query')).toMatchObject({ callId: 'with-query' });
  });

  it('belongs to the source of its token', async () => {
    await pushed(ledger, [record('of-vendor')]);
    expect((await pushWithToken(OTHER_PUSH_TOKEN, [record('of-other')])).text).toBe(SUCCESS);
    expect(await callOf(ledger, 'of-vendor')).toMatchObject({ source: 'vendor' });
    expect(await callOf(ledger, 'of-other')).toMatchObject({ source: 'other' });
  });

  it('is taken with either token while a source rotates them', async () => {
    const [old, fresh] = ['the-old-token-of-vendor', 'bmV3LXRva2VuLW9mLXZlbmRvcg+/=='];
    const rotating = await startLedger({ PUSH_TOKENS: `vendor=${old},vendor=${fresh},crm=${PUSH_TOKEN}` });
    try {
      expect((await pushWithToken(old, [record('with-old')], rotating)).text).toBe(SUCCESS);
      expect((await pushWithToken(fresh, [record('with-new')], rotating)).text).toBe(SUCCESS);
      expect((await pushWithToken(PUSH_TOKEN, [record('of-crm')], rotating)).text).toBe(SUCCESS);
      const rows = await rotating.database.query('SELECT call_id, source FROM calls ORDER BY call_id');
      expect(rows).toEqual([
        { call_id: 'of-crm', source: 'crm' },
        { call_id: 'with-new', source: 'vendor' },
        { call_id: 'with-old', source: 'vendor' },
      ]);
      expectRefusal(await pushWithToken(OTHER_PUSH_TOKEN, [record('of-nobody')], rotating), 401);
    } finally {
      await rotating.stop();
    }
  });
});

describe('a push without a right token', () => {
  it.each<[string, () => Promise<Answer>]>([
    ['no token', () => pushWithHeaders({}, [record('no-token')])],
    ['a wrong one in the path', () => pushWithToken('a-token-that-nobody-has', [record('no')])],
    ['the right one with one character more', () => pushWithToken(`${PUSH_TOKEN}x`, [record('no')])],
    ['the right one without its end', () => pushWithToken(PUSH_TOKEN.slice(0, -1), [record('no')])],
    ['the right one in capitals', () => pushWithToken(PUSH_TOKEN.toUpperCase(), [record('no')])],
    ['a Chinese one', () => pushWithToken('令牌令牌令牌令牌令牌令牌令牌令牌', [record('no')])],
    ['a wrong Bearer token', () => pushWithHeaders({ authorization: 'Bearer wrong' }, [record('no')])],
    ['an empty Bearer token', () => pushWithHeaders({ authorization: 'Bearer ' }, [record('no')])],
    [
      'a wrong Basic password',
      () => pushWithHeaders({ authorization: basic('vendor', 'wrong') }, [record('no')]),
    ],
    [
      'the token as Basic user',
      () => pushWithHeaders({ authorization: basic(PUSH_TOKEN, '') }, [record('no')]),
    ],
    ['broken Basic credentials', () => pushWithHeaders({ authorization: 'Basic ***' }, [record('no')])],
    ['another scheme', () => pushWithHeaders({ authorization: `Token ${PUSH_TOKEN}` }, [record('no')])],
    ['an API key', () => pushWithHeaders({ authorization: `Bearer ${API_KEY}` }, [record('no')])],
    [
      'a wrong one in the path although the Bearer token is right',
      () =>
        ledger.request('/push/a-token-that-nobody-has/call-reports', {
          method: 'POST',
          headers: { authorization: `Bearer ${PUSH_TOKEN}` },
          body: JSON.stringify([record('no')]),
        }),
    ],
  ])('(%s) is answered 401 and nothing of it is kept', (_what, push) =>
    expectKeepsNothing(async () => {
      expectRefusal(await push(), 401);
    }),
  );

  it('is refused for its token even when its body is no JSON', () =>
    expectKeepsNothing(async () => {
      const answer = await ledger.request('/push/a-token-that-nobody-has/call-reports', {
        method: 'POST',
        body: 'no json',
      });
      expectRefusal(answer, 401);
    }));

  it('is refused when its path can not be decoded', () =>
    expectKeepsNothing(async () => {
      const answer = await ledger.request('/push/%E4%A4token/call-reports', { method: 'POST', body: '[]' });
      expect([400, 401]).toContain(answer.status);
      expect(answer.body).toEqual({ code: answer.status, msg: expect.any(String) });
    }));
});

describe('the token', () => {
  it.each([
    ['POST', `/push/${PUSH_TOKEN}/call-report`],
    ['GET', `/push/${PUSH_TOKEN}/call-reports`],
    ['POST', `/push/${PUSH_TOKEN}`],
    ['POST', `/push/${PUSH_TOKEN}/call-reports/more`],
    ['POST', `/push/call-reports?token=${PUSH_TOKEN}`],
  ])('never reaches an error: %s %s', async (method, path) => {
    const answer = await ledger.request(path, { method, ...(method === 'POST' && { body: '[]' }) });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain(PUSH_TOKEN);
  });

  it('never reaches a log, right or wrong, and a wrong one is logged as an event', async () => {
    const database = await createDatabase();
    const service = await spawnLedger({ DATABASE_URL: database.url });
    try {
      await until('ready', async () => (await fetch(`${service.url}/health/ready`)).ok);
      const before = service.output().length;
      const post = async (path: string, body: string, headers: Record<string, string> = {}) =>
        (await fetch(`${service.url}${path}`, { method: 'POST', body, headers })).status;
      expect(await post(`/push/${PUSH_TOKEN}/call-reports`, JSON.stringify([record('logged')]))).toBe(200);
      expect(await post(`/push/${PUSH_TOKEN}/call-reports`, 'no json')).toBe(400);
      expect(await post(`/push/${PUSH_TOKEN}/nowhere`, '[]')).toBe(404);
      expect(await post('/push/secret-but-wrong-1/call-reports', '[]')).toBe(401);
      expect(await post('/push/call-reports', '[]', { authorization: 'Bearer secret-but-wrong-2' })).toBe(
        401,
      );
      await until('something is logged of it', () => service.output().length > before);
      expect(await service.stop()).toBe(0);
      const logged = service.output().slice(before);
      expect(logged).not.toContain(PUSH_TOKEN);
      expect(logged).not.toContain('secret-but-wrong');
      expect(logged).not.toContain('13900000000');
    } finally {
      await service.stop();
      await database.drop();
    }
  });
});

describe('a push from an address', () => {
  it('that may not push is answered 403 and nothing of it is kept', async () => {
    const guarded = await startLedger({ PUSH_ALLOW_FROM: '10.0.0.0/8,192.0.2.1,2001:db8::/32' });
    try {
      await expectKeepsNothing(async () => {
        expectRefusal(await guarded.push([record('from-outside')]), 403);
        expectRefusal(await guarded.push([record('from-outside')], { 'x-forwarded-for': '10.1.2.3' }), 403);
        expectRefusal(await guarded.push('no json'), 403);
      }, guarded);
    } finally {
      await guarded.stop();
    }
  });

  it('that may push is taken, also as IPv4 mapped into IPv6', async () => {
    const guarded = await startLedger({ PUSH_ALLOW_FROM: '127.0.0.0/8', HOST: '::' });
    try {
      const { port } = new URL(guarded.url);
      const response = await fetch(`http://127.0.0.1:${port}/push/${PUSH_TOKEN}/call-reports`, {
        method: 'POST',
        body: JSON.stringify([record('mapped')]),
      });
      expect(await response.text()).toBe(SUCCESS);
      expect(await countOf(guarded, 'calls')).toBe(1);
    } finally {
      await guarded.stop();
    }
  });

  it('is judged by what a trusted proxy says', async () => {
    const guarded = await startLedger({
      PUSH_ALLOW_FROM: '10.0.0.0/8, 192.0.2.1, 2001:db8::/32',
      TRUST_PROXY: 'loopback',
    });
    const from = (address: string) =>
      guarded
        .push([record(`from ${address}`)], { 'x-forwarded-for': address })
        .then((answer) => answer.status);
    try {
      for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.1', '2001:db8::1']) {
        expect([address, await from(address)]).toEqual([address, 200]);
      }
      for (const address of ['11.1.2.3', '::ffff:11.1.2.3', '192.0.2.2', '2001:db9::1', '::1']) {
        expect([address, await from(address)]).toEqual([address, 403]);
      }
      expect(await countOf(guarded, 'calls')).toBe(4);
    } finally {
      await guarded.stop();
    }
  });
});

describe('a push over PUSH_BODY_LIMIT', () => {
  const LIMIT = 64 * 1024;
  let small: TestLedger;

  beforeAll(async () => {
    small = await startLedger({ PUSH_BODY_LIMIT: '64kb' });
  });
  afterAll(() => small.stop());

  const bodyOf = (callId: string, bytes: number) => {
    const body = JSON.stringify([record(callId)]);
    return body + ' '.repeat(bytes - Buffer.byteLength(body));
  };

  it('is answered 413 from the first byte over it, and nothing of it is kept', async () => {
    await expectKeepsNothing(async () => {
      expectRefusal(await small.push(bodyOf('over', LIMIT + 1)), 413);
    }, small);
    await pushed(small, bodyOf('within', LIMIT));
    expect(await callOf(small, 'within')).toMatchObject({ callId: 'within' });
  });

  it('is answered 413 when it is far over it', () =>
    expectKeepsNothing(async () => {
      expectRefusal(await small.push(bodyOf('far over', 8 * 1024 * 1024)), 413);
    }, small));

  it('is answered 413 when its length is not told beforehand', () =>
    expectKeepsNothing(async () => {
      const bytes = Buffer.from(bodyOf('chunked', LIMIT + 1));
      const chunks = new ReadableStream({
        start(controller) {
          controller.enqueue(bytes);
          controller.close();
        },
      });
      const init = { method: 'POST', body: chunks, duplex: 'half' } as RequestInit;
      expectRefusal(await small.request(`/push/${PUSH_TOKEN}/call-reports`, init), 413);
    }, small));

  it('is answered 413 when only its unpacked form is', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    await expectKeepsNothing(async () => {
      expectRefusal(await small.push(gzipSync(bodyOf('packed', LIMIT + 1)), gzip), 413);
      const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, ' '));
      expect(bomb.length).toBeLessThan(LIMIT);
      expectRefusal(await small.push(bomb, gzip), 413);
    }, small);
    await pushed(small, gzipSync(bodyOf('packed within', LIMIT)), gzip);
    expect(await callOf(small, 'packed within')).toMatchObject({ callId: 'packed within' });
  });

  it('is refused for a wrong token first', async () => {
    const answer = await small.request('/push/a-token-that-nobody-has/call-reports', {
      method: 'POST',
      body: bodyOf('over', LIMIT + 1),
    });
    expectRefusal(answer, 401);
  });
});

describe('what is taken', () => {
  it('a gzip body', async () => {
    const body = gzipSync(JSON.stringify([record('gzip', { statusMsg: '通话正常' })]));
    await pushed(ledger, body, { 'content-encoding': 'gzip' });
    expect(await callOf(ledger, 'gzip')).toMatchObject({ statusMsg: '通话正常' });
  });

  it.each([
    'application/json',
    'application/json; charset=gbk',
    'text/plain;charset=latin1',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/octet-stream',
    'nonsense',
    '',
  ])('content type "%s"', async (type) => {
    const callId = `content type <${type}>`;
    await pushed(ledger, [record(callId, { statusMsg: '通话正常' })], { 'content-type': type });
    expect(await callOf(ledger, callId)).toMatchObject({ statusMsg: '通话正常', taskId: 'task-1' });
  });

  it('no content type at all', async () => {
    await pushed(ledger, Buffer.from(JSON.stringify([record('no type')])));
    expect(await callOf(ledger, 'no type')).toMatchObject({ callId: 'no type' });
  });

  it('an empty array, of which the delivery is kept', async () => {
    const before = await rowCounts(ledger);
    const id = await pushed(ledger, []);
    expect(await deliveryOf(ledger, id)).toMatchObject({
      ...{ records: 0, stored: 0, corrected: 0, duplicate: 0, quarantined: 0, bytes: 2, redelivery_of: null },
    });
    const after = await rowCounts(ledger);
    expect({ ...after, delivery_bodies: 0 }).toEqual({
      ...before,
      deliveries: (before['deliveries'] ?? 0) + 1,
      delivery_bodies: 0,
    });
  });

  it('a bare object instead of an array', async () => {
    const id = await pushed(ledger, record('bare'));
    expect(await callOf(ledger, 'bare')).toMatchObject({ callId: 'bare', deliveryId: id });
    expect(await deliveryOf(ledger, id)).toMatchObject({ records: 1, stored: 1 });
  });

  it('an array with unreadable records: the good ones as calls, the others in quarantine', async () => {
    const body = [
      record('good-1'),
      5,
      record('good-2'),
      { taskId: 'nobody' },
      [record('inside')],
      record('good-3'),
    ];
    const id = await pushed(ledger, body);
    expect(await deliveryOf(ledger, id)).toMatchObject({ records: 6, stored: 3, quarantined: 3 });
    for (const good of ['good-1', 'good-2', 'good-3']) {
      expect(await callOf(ledger, good)).toMatchObject({ deliveryId: id });
    }
    const rows = await ledger.database.query<QuarantineRow>(
      'SELECT * FROM quarantine WHERE delivery_id = $1 ORDER BY place',
      [id],
    );
    expect(rows.map(({ place, status, source }) => ({ place, status, source }))).toEqual([
      { place: '/1', status: 'open', source: 'vendor' },
      { place: '/3', status: 'open', source: 'vendor' },
      { place: '/4', status: 'open', source: 'vendor' },
    ]);
    expect(rows.map(({ raw }): unknown => JSON.parse(raw.toString()))).toEqual([body[1], body[3], body[4]]);
    for (const { reason } of rows) expect(reason).toMatch(/\w{3}/);
    expect((await ledger.get('/v1/calls/inside')).status).toBe(404);
  });

  it('an array of nothing but unreadable records', async () => {
    const id = await pushed(ledger, [null, 'text', {}]);
    expect(await deliveryOf(ledger, id)).toMatchObject({ records: 3, stored: 0, quarantined: 3 });
  });
});

describe('the same body again', () => {
  it('within the hour is acknowledged, and a delivery that names the first is all that is kept', async () => {
    const body = JSON.stringify([record('again'), { broken: 1 }]);
    const first = await pushed(ledger, body);
    const before = await rowCounts(ledger);
    const call = await callOf(ledger, 'again');
    const second = await pushed(ledger, body);
    expect(second).not.toBe(first);
    expect(second).toMatch(UUID_V7);
    expect(await deliveryOf(ledger, second)).toMatchObject({
      redelivery_of: first,
      ...{ stored: 0, corrected: 0, duplicate: 0, quarantined: 0, source: 'vendor' },
    });
    expect(await rowCounts(ledger)).toEqual({ ...before, deliveries: (before['deliveries'] ?? 0) + 1 });
    const { received_at } = await deliveryOf(ledger, second);
    expect(await callOf(ledger, 'again')).toEqual({ ...call, lastReceivedAt: received_at.toISOString() });
  });

  it('after the hour is read like any other', async () => {
    const body = JSON.stringify([record('after an hour')]);
    const first = await pushed(ledger, body);
    const anHourAgo = `received_at - interval '61 minutes'`;
    await ledger.database.query(`UPDATE deliveries SET received_at = ${anHourAgo} WHERE id = $1`, [first]);
    await ledger.database.query(
      `UPDATE delivery_bodies SET received_at = ${anHourAgo} WHERE delivery_id = $1`,
      [first],
    );
    const second = await pushed(ledger, body);
    expect(await deliveryOf(ledger, second)).toMatchObject({ redelivery_of: null, records: 1, duplicate: 1 });
  });

  it('is written like any other when its content was replaced meanwhile: what was received last stands', async () => {
    const old = JSON.stringify([record('replaced', { duration: 1 })]);
    await pushed(ledger, old);
    await pushed(ledger, [record('replaced', { duration: 2 })]);
    const again = await pushed(ledger, old);
    expect(await callOf(ledger, 'replaced')).toMatchObject({ duration: 1, revision: 3, deliveryId: again });
    expect(await deliveryOf(ledger, again)).toMatchObject({ redelivery_of: null, corrected: 1 });
  });

  it('ten times at once is one call', async () => {
    const body = JSON.stringify([record('at once'), { broken: 'at once' }]);
    const ids = await Promise.all(Array.from({ length: 10 }, () => pushed(ledger, body)));
    expect(new Set(ids).size).toBe(10);
    const [sums] = await ledger.database.query(
      `SELECT count(*)::int AS deliveries, sum(stored)::int AS stored, sum(corrected)::int AS corrected
       FROM deliveries WHERE id = ANY($1)`,
      [ids],
    );
    expect(sums).toEqual({ deliveries: 10, stored: 1, corrected: 0 });
    expect(await callOf(ledger, 'at once')).toMatchObject({ revision: 1 });
  });
});

describe('a body that is not readable as a whole', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

  it.each<[string, Buffer, number]>([
    ['ends too early', bytes('[{"callId":"cut off"},{"callId":'), 32],
    ['misses a comma', bytes('[{"callId":"a"} {"callId":"b"}]'), 16],
    ['misses a comma behind Chinese text', bytes('[{"callId":"呼叫"} {"callId":"b"}]'), 21],
    ['has a comma too many', bytes('[{"callId":"a"},]'), 16],
    ['has single quotes', bytes(`[{'callId':'a'}]`), 2],
    ['is two documents', bytes('{"callId":"a"}\n{"callId":"b"}'), 15],
    ['is a form', bytes('callId=a&taskId=b'), 0],
    ['is XML', bytes('<call id="a"/>'), 0],
    ['has a raw line break in a string', bytes('[{"callId":"a\nb"}]'), 13],
    ['has NaN', bytes('[{"callId":"a","duration":NaN}]'), 26],
    ['is not UTF-8: a stray byte', bytes('[{"callId":"', [0xff], '"}]'), 12],
    ['is not UTF-8: an overlong form', bytes('[{"callId":"ab', [0xc0, 0xaf], '"}]'), 14],
  ])(
    '(%s) is answered 400 that says where and why, and is kept in quarantine once',
    async (_what, body, place) => {
      const before = await rowCounts(ledger);
      for (let time = 1; time <= 3; time += 1) {
        const answer = await ledger.push(body);
        expectRefusal(answer, 400);
        expect(answer.text).toMatch(new RegExp(`\\b${place}\\b`));
        expect(answer.text).toMatch(/JSON|UTF-8/);
      }
      const rows = await quarantinedWhole(body);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ source: 'vendor', status: 'open', raw: body });
      expect(rows[0]?.place).toMatch(new RegExp(`\\b${place}\\b`));
      expect(rows[0]?.reason).toMatch(/JSON|UTF-8/);
      expect(await rowCounts(ledger)).toEqual({ ...before, quarantine: (before['quarantine'] ?? 0) + 1 });
    },
  );

  it.each<[string, Buffer, number[]]>([
    ['a surrogate', bytes('[{"callId":"a', [0xed, 0xa0, 0x80], '"}]'), [13, 14, 15]],
    ['GBK', bytes('[{"statusMsg":"', [0xcd, 0xa8, 0xbb, 0xb0], '"}]'), [15, 16, 17, 18]],
    ['ends within a character', bytes('[{"callId":"', [0xe5, 0x91]), [12, 13, 14]],
  ])('(not UTF-8: %s) is answered 400 that says where, within the character', async (_what, body, places) => {
    const answer = await ledger.push(body);
    expectRefusal(answer, 400);
    expect(answer.text).toMatch(new RegExp(`UTF-8.*\\b(${places.join('|')})\\b`));
    expect((await quarantinedWhole(body)).map(({ raw }) => raw)).toEqual([body]);
  });

  it.each(['5', '"text"', 'null', 'true', ' 12345678901234567890 '])(
    '(the scalar %s) is answered 400 that says why, and is kept in quarantine once',
    async (body) => {
      for (let time = 1; time <= 2; time += 1) {
        const answer = await ledger.push(body);
        expectRefusal(answer, 400);
        expect(answer.text).toMatch(/array/);
      }
      const rows = await quarantinedWhole(body);
      expect(rows.map(({ raw }) => raw.toString())).toEqual([body]);
      expect(rows[0]?.reason).toMatch(/array/);
    },
  );

  it('(empty) is answered 400', async () => {
    expectRefusal(await ledger.push(''), 400);
    expectRefusal(await ledger.push('   '), 400);
  });

  it('(not the gzip it says it is) is answered 400 and kept', async () => {
    for (const body of [Buffer.from('[]not gzip'), gzipSync('[{"callId":"cut"}]').subarray(0, 20)]) {
      const before = await countOf(ledger, 'quarantine');
      expectRefusal(await ledger.push(body, { 'content-encoding': 'gzip' }), 400);
      expect(await countOf(ledger, 'quarantine')).toBe(before + 1);
    }
  });

  it('is kept once when it comes ten times at once', async () => {
    const body = '[{"callId":"ten times at once"';
    const answers = await Promise.all(Array.from({ length: 10 }, () => ledger.push(body)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 400));
    expect(await quarantinedWhole(body)).toHaveLength(1);
  });

  it('does not keep its good records out when they come again in a good body', async () => {
    expectRefusal(await ledger.push('[{"callId":"comes again"}'), 400);
    await pushed(ledger, '[{"callId":"comes again"}]');
    expect(await callOf(ledger, 'comes again')).toMatchObject({ callId: 'comes again' });
  });
});

describe('a push while the database is away', () => {
  function expectComeAgain(answer: Answer): void {
    expectRefusal(answer, 503);
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  }

  it('from the start is answered 503 with Retry-After, and a wrong token still 401', async () => {
    const settings = readSettings(
      {
        DATABASE_URL: NO_DATABASE,
        PUSH_TOKENS: `vendor=${PUSH_TOKEN}`,
        ADMIN_API_KEY: API_KEY,
        PORT: '0',
        LOG_LEVEL: 'fatal',
        JOURNAL_DIR: 'off',
      },
      false,
    );
    const app = await createApp(settings);
    await app.listen(settings.port, settings.host);
    try {
      const url = await app.getUrl();
      const post = async (token: string, body: string): Promise<Answer> => {
        const response = await fetch(`${url}/push/${token}/call-reports`, { method: 'POST', body });
        const text = await response.text();
        return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
      };
      expectComeAgain(await post(PUSH_TOKEN, JSON.stringify([record('nowhere to go')])));
      expectRefusal(await post('a-token-that-nobody-has', '[]'), 401);
      const broken = await post(PUSH_TOKEN, 'no json');
      expect([400, 503]).toContain(broken.status);
    } finally {
      await app.close();
    }
  });

  it('for a while is answered 503 in time, and is taken when the database is back', async () => {
    const database = await createDatabase();
    const link = await linkTo(database.url);
    const cut = await startLedger({ DATABASE_URL: link.url, ACK_DEADLINE_MS: '400', JOURNAL_DIR: 'off' });
    const body = JSON.stringify([record('comes again')]);
    try {
      // Without a journal even the first one is refused where a busy machine takes longer than the deadline.
      await until('taken', async () => (await cut.push([record('before')])).text === SUCCESS);
      for (const away of ['hung', 'closed']) {
        if (away === 'hung') link.hang();
        else await link.close();
        const start = performance.now();
        expectComeAgain(await cut.push(body));
        // The deadline is at 400 ms; without one it would be the database's time-outs, of many seconds.
        expect(performance.now() - start).toBeLessThan(10_000);
      }
      await link.open();
      await until('taken again', async () => (await cut.push(body)).text === SUCCESS);
      const rows = await database.query('SELECT call_id FROM calls ORDER BY call_id');
      expect(rows).toEqual([{ call_id: 'before' }, { call_id: 'comes again' }]);
    } finally {
      await link.open();
      await cut.stop();
      await link.close();
      await database.drop();
    }
  });
});
