// A query in, its rows out as PostgreSQL sends them, for as long as they are wanted.
import { type Client, Query, type QueryArrayConfig } from 'pg';
import { asUnavailable } from '../../persistence/connections/unavailable.js';

/** What becomes of a query. */
export interface RowReceiver<Row> {
  row(row: Row): void;
  end(): void;
  fail(error: unknown): void;
}

/** A statement whose rows are arrays, with the parsers of its values. */
export type RowQuery = QueryArrayConfig;

/**
 * A query on a connection of its own, whose rows are told one by one. While it pauses, nothing is read from the
 * connection, and PostgreSQL waits with the next row once the kernel's buffers are full: whatever the size of the rows,
 * this process holds one of them and what one read from the socket brings.
 */
export class RowFlow<Row extends readonly unknown[]> {
  private over = false;

  /**
   * @param begin opens the transaction
   * @param terminate ends the session in the server, where the query may be at work for long without sending a row
   */
  constructor(
    private readonly client: Client,
    private readonly begin: string,
    private readonly query: RowQuery,
    private readonly terminate: () => Promise<unknown>,
  ) {}

  start(receiver: RowReceiver<Row>): void {
    const fail = (error: unknown) => {
      receiver.fail(asUnavailable(error));
    };
    this.client.query(this.begin).catch(fail);
    const running = this.client.query(new Query(this.query));
    running.on('row', (row: Row) => {
      receiver.row(row);
    });
    running.on('end', () => {
      this.over = true;
      receiver.end();
    });
    running.on('error', fail);
  }

  pause(): void {
    this.client.connection.stream.pause();
  }

  resume(): void {
    this.client.connection.stream.resume();
  }

  /** Gives the connection up, with the query if it still runs. Waits for nothing: a silent server would keep it waiting. */
  close(): void {
    // Rejects, as the next, when the server is out of reach: then it ends the session by itself.
    this.client.end().catch(() => undefined);
    if (!this.over) this.terminate().catch(() => undefined);
  }
}
