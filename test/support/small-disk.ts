// A really small disk, to be filled.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Mounts, says so, then does what it is told, line by line, and ends with its standard input. */
const HOLDER = `
mount -t tmpfs -o "$2" tmpfs "$1" && mkdir -m 700 "$1/space" && echo mounted || exit 1
while read -r task; do
  case "$task" in
    fill)
      cat /dev/zero > "$1/filler"
      count=0
      while true > "$1/filler.$count"; do count=$((count + 1)); done
      echo filled ;;
    free) rm -f "$1"/filler*; echo freed ;;
  esac
done`;

export interface DiskUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * A file system in memory, in a mount namespace of its own: it needs no privilege where namespaces of users are
 * allowed, and vanishes with the process that holds it, however the test ends.
 */
export class SmallDisk {
  private constructor(
    private readonly holder: ChildProcess,
    private readonly lines: AsyncIterator<string, undefined>,
    private readonly mountPoint: string,
  ) {}

  /**
   * @param options of tmpfs, its size above all: `size=2m`
   * @param user whom it is to belong to, if another one
   * @returns undefined where nothing can be mounted
   */
  static async mount(options: string, user?: DiskUser): Promise<SmallDisk | undefined> {
    const mountPoint = mkdtempSync(join(tmpdir(), 'call-ledger-small-disk-'));
    if (user !== undefined) chownSync(mountPoint, user.uid, user.gid);
    chmodSync(mountPoint, 0o755);
    const holder = spawn(
      'unshare',
      ['--map-root-user', '--mount', 'sh', '-c', HOLDER, 'sh', mountPoint, options],
      {
        ...user,
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    );
    // Where there is no such program, the end of its output says so.
    holder.once('error', () => undefined);
    const disk = new SmallDisk(holder, linesOf(holder.stdout), mountPoint);
    // A test that fails must not be kept from ending.
    holder.unref();
    if (await disk.says('mounted')) return disk;
    await disk.remove();
    return undefined;
  }

  /** Where it is for everybody who may look into its holder. */
  get path(): string {
    return `/proc/${this.holder.pid ?? 0}/root${this.mountPoint}`;
  }

  /** Takes all of its space: not even an empty file or folder can be made any more. */
  async fill(): Promise<void> {
    await this.tell('fill', 'filled');
  }

  async free(): Promise<void> {
    await this.tell('free', 'freed');
  }

  async remove(): Promise<void> {
    if (this.holder.exitCode === null && this.holder.pid !== undefined) {
      const exit = once(this.holder, 'exit');
      this.holder.stdin?.end();
      await exit;
    }
    rmdirSync(this.mountPoint);
  }

  private async tell(task: string, answer: string): Promise<void> {
    this.holder.stdin?.write(`${task}\n`);
    if (!(await this.says(answer))) throw new Error(`the small disk did not ${task}`);
  }

  /** Whether the next line says so, rather than the end. */
  private async says(answer: string): Promise<boolean> {
    const { value } = await this.lines.next();
    return value === answer;
  }
}

async function* linesOf(stream: Readable): AsyncGenerator<string, undefined> {
  yield* createInterface({ input: stream });
  return undefined;
}
