// Pages of a list, over real HTTP: the vendor may grant what it likes.
import { afterEach, describe, expect, it } from 'vitest';
import { VendorApi, type VendorApiOptions } from '../../src/vendor-api/vendor-api.js';
import { VendorApiError } from '../../src/vendor-api/vendor-api-error.js';
import { allRows } from '../../src/vendor-api/listing.js';
import { type Handler, type VendorCall, VendorStandIn } from './stand-in.js';

let standIn: VendorStandIn | undefined;
afterEach(async () => {
  await standIn?.close();
  standIn = undefined;
});

interface Listed {
  /** The ids in the order in which they came. */
  readonly ids: readonly string[];
  readonly problem: string | undefined;
  readonly calls: readonly VendorCall[];
}

/** Reads all tasks, until there is an error. */
async function list(handle: Handler, options: Partial<VendorApiOptions> = {}): Promise<Listed> {
  standIn = await VendorStandIn.listening(handle);
  const api = new VendorApi(standIn.access, { requestsPerSecond: 10_000, ...options });
  const ids: string[] = [];
  let problem: string | undefined;
  try {
    for await (const { taskId } of api.tasks(new AbortController().signal)) ids.push(taskId);
  } catch (error) {
    if (!(error instanceof VendorApiError)) throw error;
    problem = `${error.problem}: ${error.message}`;
  }
  return { ids, problem, calls: standIn.calls };
}

const numbered = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => String(from + index));

const page = (ids: readonly string[], total: number, pageSize?: number) => ({
  data: { Total: total, PageSize: pageSize, List: ids.map((TaskId) => ({ TaskId })) },
});

function asked({ parameters }: VendorCall): { pageNo: number; pageSize: number; offset: number } {
  const [pageNo, pageSize] = [Number(parameters['PageNo']), Number(parameters['PageSize'])];
  return { pageNo, pageSize, offset: (pageNo - 1) * pageSize };
}

/** The rows that the vendor should give for a call, if it grants at most `most`. */
function rightPage(all: readonly string[], call: VendorCall, most = Infinity) {
  const { pageNo, pageSize } = asked(call);
  const granted = Math.min(pageSize, most);
  return page(all.slice((pageNo - 1) * granted, pageNo * granted), all.length, granted);
}

const ALL = numbered(0, 230);

describe('A list of the vendor', () => {
  it.each([0, 1, 99, 100, 101, 200, 230])('gives all of %d rows once', async (rows) => {
    const all = numbered(0, rows);
    const { ids, problem, calls } = await list((call) => rightPage(all, call));
    expect([ids, problem, calls.length]).toEqual([all, undefined, Math.max(1, Math.ceil(rows / 100))]);
  });

  it('gives all rows with the largest page that the vendor grants', async () => {
    const { ids, problem, calls } = await list((call) => rightPage(ALL, call, 10));
    expect([ids, problem, calls.length]).toEqual([ALL, undefined, 23]);
  });

  it('gives all rows when the vendor cuts pages short, but counts in the size that was asked for', async () => {
    const { ids, problem } = await list((call) => {
      const { offset, pageSize } = asked(call);
      return page(ALL.slice(offset, offset + Math.min(pageSize, 30)), ALL.length, pageSize);
    });
    expect([ids, problem]).toEqual([ALL, undefined]);
  });

  it('gives all rows when the vendor cuts pages short only after the first one', async () => {
    const { ids, problem } = await list((call) => {
      const { pageNo, offset, pageSize } = asked(call);
      const granted = pageNo === 1 ? pageSize : Math.min(pageSize, 30);
      return page(ALL.slice(offset, offset + granted), ALL.length, pageSize);
    });
    expect([new Set(ids), ids.length, problem]).toEqual([new Set(ALL), ALL.length, undefined]);
  });

  it('gives all rows when the vendor has pages of its own size', async () => {
    const { ids, problem } = await list((call) => {
      const { pageNo } = asked(call);
      return page(ALL.slice((pageNo - 1) * 150, pageNo * 150), ALL.length, 150);
    });
    expect([ids, problem]).toEqual([ALL, undefined]);
  });

  it('gives all rows when one page comes twice in a row', async () => {
    const { ids, problem } = await list((call) =>
      rightPage(ALL, call.number === 2 ? { ...call, parameters: { PageNo: '1', PageSize: '100' } } : call),
    );
    expect([ids, problem]).toEqual([ALL, undefined]);
  });

  it('gives rows that come while it is read', async () => {
    const { ids, problem } = await list((call) => rightPage(numbered(0, 100 + call.number * 40), call));
    expect([new Set(ids), ids.length, problem]).toEqual([new Set(numbered(0, 180)), 180, undefined]);
  });

  it('gives the row that moved to an earlier page when another one went away', async () => {
    const { ids, problem } = await list((call) => rightPage(call.number === 1 ? ALL : ALL.slice(1), call));
    expect([new Set(ids), ids.length, problem]).toEqual([new Set(ALL), ALL.length, undefined]);
  });

  it('has smaller pages when the answer is too large', async () => {
    const { ids, problem, calls } = await list(
      (call) => {
        const { offset, pageSize } = asked(call);
        const rows = ALL.slice(offset, offset + pageSize).map((TaskId) => ({
          TaskId,
          TaskName: 'x'.repeat(999),
        }));
        return { data: { Total: ALL.length, List: rows } };
      },
      { mostBytes: 30_000 },
    );
    expect([ids, problem]).toEqual([ALL, undefined]);
    expect(calls.slice(0, 4).map((call) => asked(call).pageSize)).toEqual([100, 50, 25, 25]);
  });
});

describe('A list of the vendor says that rows may be missing, and ends,', () => {
  const inconsistent = (came: number, counted: number) =>
    `inconsistent: QueryAiCallTaskPage: the pages do not add up: ${came} rows came, the vendor counts ${counted}`;

  it('when each page is the first one', async () => {
    const { ids, problem, calls } = await list(() => page(ALL.slice(0, 100), ALL.length));
    expect([ids, problem, calls.length]).toEqual([ALL.slice(0, 100), inconsistent(100, 230), 6]);
  });

  it('when pages take turns', async () => {
    const { ids, problem, calls } = await list((call) =>
      page(ALL.slice(0, 100).slice(call.number % 2, 90 + (call.number % 2)), 230),
    );
    expect([ids.length, problem]).toEqual([91, inconsistent(91, 230)]);
    expect(calls.length).toBeLessThan(20);
  });

  it.each([231, 10_000])('when the vendor counts %d, more than it gives', async (counted) => {
    const { ids, problem, calls } = await list((call) => {
      const { offset, pageSize } = asked(call);
      return page(ALL.slice(offset, offset + pageSize), counted);
    });
    // Each time three pages, and an empty one.
    expect([ids, problem, calls.length]).toEqual([ALL, inconsistent(230, counted), 12]);
  });

  it('when it becomes shorter each time', async () => {
    const { problem } = await list((call) => rightPage(ALL.slice(call.number), call));
    expect(problem).toContain('inconsistent');
  });

  it('when there is no count', async () => {
    const { problem, calls } = await list(() => ({ data: { List: [{ TaskId: '1' }] } }));
    expect([problem, calls.length]).toEqual(['unreadable: QueryAiCallTaskPage: Data.Total is missing', 1]);
  });

  it.each([
    [{ mostPages: 7 }, 'the list has too many pages', 7],
    [{ mostRows: 500 }, 'the list has more than 500 rows', 6],
  ])('when it has no end: %j', async (most, message, pages) => {
    let [reads, rows] = [0, 0];
    const read = (pageNo: number, pageSize: number) => {
      reads += 1;
      const ids = numbered((pageNo - 1) * pageSize, pageNo * pageSize);
      return Promise.resolve({ rows: ids, total: (pageNo + 1) * pageSize });
    };
    const endless = async () => {
      for await (const row of allRows({ action: 'X', read, keyOf: (id) => id, pageSize: 100, ...most }))
        rows += row === '' ? 0 : 1;
    };
    await expect(endless()).rejects.toThrow(`X: ${message}`);
    expect([reads, rows <= 700]).toEqual([pages, true]);
  });
});
