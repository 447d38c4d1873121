import { type Client, Query, type QueryArrayConfig } from 'pg';
import { asUnavailable } from '../../persistence/connections/unavailable.js';

/** Receives the rows of a query, and its end or its failure. */
export interface RowReceiver<Row> {
  row(row: Row): void;
  end(): void;
  fail(error: unknown): void;
}

/** A statement whose rows are arrays, with the parsers of its values. */
export type RowQuery = QueryArrayConfig;

/**
 * A query on a connection of its own, which gives its rows one by one. During a pause, nothing is read from the
 * connection. When the kernel's buffers are full, PostgreSQL waits with the next row. So this process holds only
 * one row and the bytes of one read from the socket, whatever the size of the rows.
 */
export class RowFlow<Row extends readonly unknown[]> {
  private over = false;

  /**
   * @param begin the SQL that opens the transaction
   * @param terminate ends the session in the server, where the query may run for long without sending a row
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

  /**
   * Closes the connection, and ends the query if it still runs. It does not wait, because a server may not answer.
   */
  close(): void {
    // This and the next line reject if the server can't be reached. The server ends the session by itself then.
    this.client.end().catch(() => undefined);
    if (!this.over) this.terminate().catch(() => undefined);
  }
}
