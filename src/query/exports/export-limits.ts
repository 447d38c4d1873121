import { Injectable } from '@nestjs/common';

/** What exports may take of the service. */
@Injectable()
export class ExportLimits {
  /** Each has a connection beside the pool, and together they share the one thread with pushes and questions. */
  readonly atOnce: number = 3;
  /** Of one key and the keys that it made: others have room beside them. */
  readonly ofKey: number = 2;
  /**
   * A client that stopped reading would else hold a connection, and keep PostgreSQL from cleaning up, for ever. Not
   * less: the kernel's buffers hold some 10 MB and ask for more only when a good part of it is read. With 60 s, a
   * client that read 60 kB a second was given up.
   */
  readonly idleMs: number = 300_000;
}
