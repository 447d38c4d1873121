// A query in, its rows out as COPY gives them: counted, and thrown away.
import type { Client, Connection, Submittable } from 'pg';

/** Resolves with the bytes that came, when all have. */
export function copyOut(client: Client, query: string): Promise<number> {
  return new Promise((done, failed) => {
    client.query(new CopyOut(`COPY (${query}) TO STDOUT`, done, failed));
  });
}

/** A query as `pg` drives it: told of each message of the server. */
class CopyOut implements Submittable {
  private bytes = 0;
  private error: Error | undefined;

  constructor(
    private readonly statement: string,
    private readonly done: (bytes: number) => void,
    private readonly failed: (error: Error) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.statement);
  }

  handleCopyData(message: { readonly chunk: Buffer }): void {
    this.bytes += message.chunk.length;
  }

  handleCommandComplete(): void {
    // ReadyForQuery follows.
  }

  handleError(error: Error): void {
    this.error = error;
    this.failed(error);
  }

  handleReadyForQuery(): void {
    if (this.error === undefined) this.done(this.bytes);
  }
}
