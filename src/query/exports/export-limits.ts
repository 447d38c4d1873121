import { Injectable } from '@nestjs/common';

/** What exports may take of the service. */
@Injectable()
export class ExportLimits {
  /** Each has a connection beside the pool, and together they share the one thread with pushes and questions. */
  readonly atOnce: number = 2;
  /** A client that stopped reading would else hold a connection, and keep PostgreSQL from cleaning up, for ever. */
  readonly idleMs: number = 60_000;
}
