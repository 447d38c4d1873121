import { VendorApiError } from './vendor-api-error.js';

/** One page of a list, as the vendor gave it. */
interface VendorPage<T> {
  readonly rows: readonly T[];
  /** Rows of all pages, by the vendor's count at this moment. */
  readonly total: number;
}

interface ListingOptions<T> {
  /** The name of the operation, for messages. */
  readonly action: string;
  /** Pages are numbered from 1. */
  readonly read: (pageNo: number, pageSize: number) => Promise<VendorPage<T>>;
  /** What distinguishes a row from all others. */
  readonly keyOf: (row: T) => string;
  readonly pageSize: number;
  readonly mostPages?: number;
  readonly mostRows?: number;
}

const MOST_PASSES = 3;
/** At 5 requests a second, this takes 5 hours. */
const MOST_PAGES = 100_000;
/** The keys of so many rows take some 200 MB. */
const MOST_ROWS = 2_000_000;

/** How a pass over all pages ended. `smaller`: the pages have to be smaller. */
type PassEnd = 'complete' | 'incomplete' | 'smaller';

/**
 * Reads all pages of a list and gives each row once.
 *
 * The vendor documents neither its largest page nor the order, and rows come and go while pages are read. So the pages
 * are as large as the first one turns out to be. At the end, there must be as many rows as the vendor counts. The count
 * must not have become smaller meanwhile, because a row may then have moved to a page that was read before. Otherwise
 * the pages are read again, at most three times in all.
 *
 * @throws VendorApiError with the problem `inconsistent` after the last row, when rows may be missing
 */
export async function* allRows<T>(options: ListingOptions<T>): AsyncGenerator<T> {
  yield* new Listing(options).rows();
}

class Listing<T> {
  private readonly seen = new Set<string>();
  /** The page size of the next pass. */
  private pageSize: number;
  private pagesLeft: number;
  private readonly mostRows: number;
  private total = 0;

  constructor(private readonly options: ListingOptions<T>) {
    this.pageSize = options.pageSize;
    this.pagesLeft = options.mostPages ?? MOST_PAGES;
    this.mostRows = options.mostRows ?? MOST_ROWS;
  }

  async *rows(): AsyncGenerator<T> {
    for (let passes = 0; passes < MOST_PASSES;) {
      const end = yield* this.pass();
      if (end === 'complete') return;
      if (end === 'incomplete') passes += 1;
    }
    throw this.inconsistent(
      `the pages do not add up: ${this.seen.size} rows came, the vendor counts ${this.total}`,
    );
  }

  private async *pass(): AsyncGenerator<T, PassEnd> {
    let { pageSize } = this;
    let shortest = pageSize;
    let largestTotal = 0;
    let got = 0;
    let before: readonly T[] = [];
    for (let pageNo = 1; ; pageNo += 1) {
      const rows = await this.page(pageNo, pageSize);
      if (rows === undefined) return 'smaller';
      yield* this.unseen(rows);
      got += rows.length;
      largestTotal = Math.max(largestTotal, this.total);
      const isWhole = this.total === largestTotal && this.seen.size >= this.total;
      if (rows.length === 0 || (isWhole && got >= this.total)) return isWhole ? 'complete' : 'incomplete';
      if (this.isSame(rows, before)) return 'incomplete';
      if (pageNo === 1) pageSize = Math.min(pageSize, rows.length);
      // If a page in the middle is cut short, the next page may not begin where it ends.
      shortest = Math.min(shortest, pageNo === 1 ? pageSize : before.length);
      this.pageSize = shortest;
      // So many pages of that length would have all rows, so some pages must have come twice.
      if (pageNo > this.total / shortest + 1) return 'incomplete';
      before = rows;
    }
  }

  /** Returns undefined when the page is too large to be read. Then the next pass has smaller pages. */
  private async page(pageNo: number, pageSize: number): Promise<readonly T[] | undefined> {
    this.pagesLeft -= 1;
    if (this.pagesLeft < 0) throw this.inconsistent('the list has too many pages');
    try {
      const { rows, total } = await this.options.read(pageNo, pageSize);
      this.total = total;
      return rows;
    } catch (error) {
      const canShrink = error instanceof VendorApiError && error.problem === 'too large' && pageSize > 1;
      if (!canShrink) throw error;
      this.pageSize = Math.floor(pageSize / 2);
      return undefined;
    }
  }

  private *unseen(rows: readonly T[]): Generator<T> {
    for (const row of rows) {
      const key = this.options.keyOf(row);
      if (this.seen.has(key)) continue;
      if (this.seen.size >= this.mostRows)
        throw this.inconsistent(`the list has more than ${this.mostRows} rows`);
      this.seen.add(key);
      yield row;
    }
  }

  private isSame(rows: readonly T[], others: readonly T[]): boolean {
    const keys = others.map(this.options.keyOf);
    return rows.length === keys.length && rows.every((row, index) => this.options.keyOf(row) === keys[index]);
  }

  private inconsistent(problem: string): VendorApiError {
    return new VendorApiError('inconsistent', `${this.options.action}: ${problem}`);
  }
}
