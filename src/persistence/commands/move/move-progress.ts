import cliProgress from 'cli-progress';
import type { Client } from 'pg';

const LOOK_EVERY_MS = 1000;
const LINE_EVERY_MS = 5000;
/** PostgreSQL's own count of the rows that a COPY has processed so far. */
const COPIED = 'SELECT coalesce(max(tuples_processed), 0) AS rows FROM pg_stat_progress_copy WHERE pid = $1';

/**
 * Shows the progress of a move: a bar on a terminal, otherwise a line every 5 s. It uses a connection of its own to
 * watch the one that reads.
 */
export class MoveProgress {
  private readonly bar: cliProgress.SingleBar | undefined;
  private timer: NodeJS.Timeout | undefined;
  private table = '';
  private before = 0;
  private shownMs = performance.now();

  /**
   * @param watcher a connection that nothing else uses
   * @param copying process id of the server for the connection that reads
   * @param total number of rows to copy
   */
  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly watcher: Client,
    private readonly copying: number,
    private readonly total: number,
  ) {
    // The bar fits a terminal of 80 columns up to a million rows. The name of the table is cut if there is no room.
    const format = 'moving [{bar}] {percentage} %, {value} of {total} rows, {table}';
    if (stream.isTTY) this.bar = new cliProgress.SingleBar({ format, stream, hideCursor: true, barsize: 20 });
  }

  start(): void {
    this.bar?.start(this.total, 0, { table: '' });
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  /** @param before number of rows in the tables that are copied already */
  begin(table: string, before: number): void {
    this.table = table;
    this.before = before;
    this.bar?.update(before, { table });
  }

  /** Shows that everything is copied. */
  finish(): void {
    this.bar?.update(this.total, { table: 'all tables' });
  }

  stop(): void {
    clearInterval(this.timer);
    this.bar?.stop();
  }

  private async look(): Promise<void> {
    // If the progress can't be read, the move goes on.
    const answer = await this.watcher
      .query<{ rows: string }>(COPIED, [this.copying])
      .catch(() => ({ rows: [] }));
    const done = Math.min(this.before + Number(answer.rows[0]?.rows ?? 0), this.total);
    this.bar?.update(done, { table: this.table });
    if (this.bar !== undefined || performance.now() - this.shownMs < LINE_EVERY_MS) return;
    this.shownMs = performance.now();
    this.stream.write(`moving ${this.table}: ${done} of ${this.total} rows\n`);
  }
}
