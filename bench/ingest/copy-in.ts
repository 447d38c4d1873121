// Text of COPY's own format in, rows in a table out: one statement, one commit.
import type { Client, Connection, Submittable } from 'pg';

/** What `pg` leaves out of its types. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Resolves when the rows are committed. */
export function copyIn(client: Client, statement: string, text: Buffer): Promise<void> {
  return new Promise((done, failed) => {
    client.query(new CopyIn(statement, text, done, failed));
  });
}

/** A query as `pg` drives it: told of each message of the server. */
class CopyIn implements Submittable {
  private error: Error | undefined;

  constructor(
    private readonly statement: string,
    private readonly text: Buffer,
    private readonly done: () => void,
    private readonly failed: (error: Error) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.statement);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.text);
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {
    // Only the ReadyForQuery that follows says that it is committed.
  }

  handleError(error: Error): void {
    this.error = error;
    this.failed(error);
  }

  handleReadyForQuery(): void {
    if (this.error === undefined) this.done();
  }
}
