import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { TABLE_FIELDS } from '../../../src/query/exports/export-fields.js';
import { API_KEY, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { readCsv } from './csv-reader.js';
import { openExport, readAll } from './export-client.js';

let ledger: TestLedger;

/** What breaks files, and what spreadsheets take for something else. */
const NASTY = {
  formula: '=HYPERLINK("http://example.invalid","x")',
  quotes: 'He said "bye", and hung up',
  lines: 'first line\r\nsecond line\nthird',
  emoji: 'ended 👍🏽, 已接通',
  comma: ',',
};

beforeAll(async () => {
  ledger = await startLedger();
  const records = Object.entries(NASTY).map(([name, statusMsg], index) =>
    record(`nasty-${name}`, { statusMsg, originateTime: `2025-06-02 09:00:0${index}` }),
  );
  await ledger.push([
    ...records,
    record('extra', { agent: 'A', digits: 'of the next' }),
    record('broken-time', { ringTime: 'soon' }),
    record('118100000000000001', { caller: '+8613900000000', statusCode: '007', statusMsg: '1E5' }),
    record('other-task', { taskId: 'task-2', hangupDirection: null, endTime: null, duration: 0 }),
  ]);
  await ledger.push(JSON.stringify([record('exact')]).replace('}]', ',"long":12345678901234567890.10}]'));
});
afterAll(() => ledger.stop());

/** The text without the byte order mark: `fetch` takes it away. */
const exported = async (query: string) => {
  const answer = await ledger.get(`/v1/exports/calls?${query}`);
  expect(answer.status).toBe(200);
  return answer.text;
};

/** The list's calls, each as the text that the API wrote. */
async function listed(query: string): Promise<string[]> {
  const { text } = await ledger.get(`/v1/calls?limit=1000&${query}`);
  const [, data = ''] = /^\{"data":\[(.*)\],"page":/s.exec(text) ?? [];
  return data === '' ? [] : data.split(/(?<=\}),(?=\{"callId":)/);
}

/** What exports add to calls without note and recording. */
const NO_COLUMNS = ',"majorIntent":null,"outputTags":null,"attempt":null,"recordingState":null';
const QUERIES = [
  'order=asc',
  'order=desc',
  'taskId=task-2',
  'answered=true&minDuration=1',
  'hasWarnings=true',
  'from=2025-06-02&to=2025-06-03&timeZone=Asia/Shanghai',
  'callId=exact,extra&fields=extra',
  'fields=outId,answered,callId&order=asc',
];

describe('An export as NDJSON', () => {
  it.each(QUERIES)('has the calls of the list, digit by digit, a line each: %s', async (query) => {
    const calls = await listed(query);
    expect(calls.length).toBeGreaterThan(0);
    const columns = query.includes('fields=') ? '' : NO_COLUMNS;
    expect(await exported(`format=ndjson&${query}`)).toBe(
      calls.map((call) => `${call.slice(0, -1)}${columns}}\n`).join(''),
    );
  });

  it('is empty when there is no call', async () => {
    expect(await exported('format=ndjson&taskId=none')).toBe('');
  });
});

describe('An export as CSV for programs', () => {
  it.each(QUERIES)('has the values of the list: %s', async (query) => {
    const [header, ...lines] = readCsv(await exported(`for=program&${query}`));
    const columns = query.includes('fields=') ? '' : NO_COLUMNS;
    const calls = (await listed(query)).map((call) => {
      const all = JSON.parse(`${call.slice(0, -1)}${columns}}`) as Record<string, unknown>;
      return Object.fromEntries(
        Object.entries(all).filter(([name]) => !['note', 'recording'].includes(name)),
      );
    });
    expect(header).toEqual(Object.keys(calls[0] ?? {}));
    const expected = calls.map((call) =>
      Object.values(call).map((value) => {
        if (value === null || typeof value === 'string') return value;
        return JSON.stringify(value);
      }),
    );
    const json = (cell: string | null) => (cell?.startsWith('{') ? JSON.stringify(JSON.parse(cell)) : cell);
    expect(lines.map((line) => line.map(json))).toEqual(expected);
  });

  it('keeps every digit of unknown fields', async () => {
    expect(readCsv(await exported('for=program&callId=exact&fields=extra'))[1]).toEqual([
      'exact',
      '{"long":12345678901234567890.10}',
    ]);
  });
});

describe('An export as CSV', () => {
  it('is for spreadsheets unless it is asked for otherwise', async () => {
    const bytes = Buffer.from(await (await fetch(`${ledger.url}/v1/exports/calls`, bearer())).arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [header, ...lines] = readCsv(bytes.subarray(3).toString());
    expect(header).toEqual([...TABLE_FIELDS]);
    expect(lines).toHaveLength(10);
  });

  it('holds no cell that a spreadsheet would run, or take digits away from', async () => {
    const cells = readCsv(await exported('fields=caller,callee,statusCode,statusMsg,outId&order=asc')).flat();
    expect(cells).toEqual(
      expect.arrayContaining([
        '\t118100000000000001',
        "'+8613900000000",
        '\t05710000000',
        '\t13900000000',
        '\t007',
        '\t1E5',
        `'${NASTY.formula}`,
        NASTY.quotes,
        NASTY.lines,
        NASTY.emoji,
        NASTY.comma,
      ]),
    );
    expect(cells.filter((cell) => /^[=+\-@\r]|^\d/.test(cell ?? ''))).toEqual([]);
  });

  it('is a line of names when there is no call', async () => {
    expect(await exported('taskId=none&fields=outId,callee')).toBe('callId,outId,callee\r\n');
  });
});

function bearer(headers: Record<string, string> = {}): RequestInit {
  return { headers: { authorization: `Bearer ${API_KEY}`, ...headers } };
}

describe('The answer of an export', () => {
  it('names a file and is kept by no cache', async () => {
    const csv = await ledger.get('/v1/exports/calls?from=2025-06-01&to=2025-06-02T00:00:00%2B08:00');
    expect(Object.fromEntries(csv.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="calls-from-2025-06-01-to-2025-06-02T000000+0800.csv"',
      'cache-control': 'no-store',
      vary: 'Accept-Encoding',
    });
    const ndjson = await ledger.get('/v1/exports/calls?format=ndjson');
    expect(Object.fromEntries(ndjson.headers)).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-disposition': 'attachment; filename="calls.ndjson"',
    });
  });

  it.each([
    ['gzip', 'gzip'],
    ['br, gzip;q=0.5', 'gzip'],
    ['*', 'gzip'],
    ['gzip;q=0', undefined],
    ['identity, gzip;q=0.2', undefined],
    ['br', undefined],
    ['', undefined],
  ])('to a client that accepts "%s" is encoded as %s', async (accepted, encoding) => {
    const answer = await openExport(`${ledger.url}/v1/exports/calls?order=asc`, {
      'accept-encoding': accepted,
    });
    expect(answer.headers['content-encoding']).toBe(encoding);
    const bytes = await readAll(answer);
    const text = (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    expect(text.slice(1)).toBe(await exported('order=asc'));
  });

  it('to HEAD has no body', async () => {
    const answer = await fetch(`${ledger.url}/v1/exports/calls`, { ...bearer(), method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toContain('calls.csv');
    expect(await answer.text()).toBe('');
  });

  it('is a problem when the parameters are wrong or the key is', async () => {
    const answer = await ledger.get('/v1/exports/calls?format=xlsx&limit=5&from=soon');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer).toMatchObject({
      status: 400,
      body: {
        errors: [
          { path: 'limit', message: 'is not a parameter of this request' },
          { path: 'format', message: 'must be one of csv, ndjson' },
          { path: 'from' },
        ],
      },
    });
    expect((await ledger.request('/v1/exports/calls')).status).toBe(401);
  });
});
