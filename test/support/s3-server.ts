// An S3 server that is not ours.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';

export const BUCKET = 'recordings-of-tests';
/** The one access key that the server takes. */
const KEY = 'S3RVER';

export class S3Server {
  private constructor(
    private readonly server: S3rver,
    readonly endpoint: string,
    /** Where the server keeps what it is given. */
    readonly folder: string,
  ) {}

  static async start(): Promise<S3Server> {
    const folder = mkdtempSync(join(tmpdir(), 'call-ledger-s3-'));
    const server = new S3rver({
      address: '127.0.0.1',
      port: 0,
      silent: true,
      directory: folder,
      configureBuckets: [{ name: BUCKET, configs: [] }],
    });
    const { port } = await server.run();
    return new S3Server(server, `http://127.0.0.1:${port}`, folder);
  }

  /** The settings of a service that keeps recordings here. */
  settings(prefix: string): Record<string, string> {
    return {
      RECORDING_STORE: `s3://${BUCKET}/${prefix}`,
      S3_ENDPOINT: this.endpoint,
      S3_ACCESS_KEY_ID: KEY,
      S3_SECRET_ACCESS_KEY: KEY,
    };
  }

  contentOf(key: string): Buffer {
    return readFileSync(join(this.folder, BUCKET, `${key}._S3rver_object`));
  }

  async stop(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}
