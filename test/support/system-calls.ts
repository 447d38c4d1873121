// The system calls of a process that concern files, as strace (Linux) sees them: to know what is on the disk, and
// what only seems so.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const CALLS = 'openat,mkdir,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,fsync,fdatasync';
const WRITES = 'write,writev,pwrite64,pwritev,copy_file_range,sendfile,ftruncate';
/** How an answer to a push that was kept begins its body. */
const ACKNOWLEDGEMENT = '{\\"code\\":0';

/** One call that went well, in the order in which they ended. */
export interface SystemCall {
  readonly name: string;
  /** As strace prints them: paths in quotation marks, file descriptors with their paths between < and >. */
  readonly args: string;
}

export const hasStrace =
  process.platform === 'linux' && spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** The command under which a process writes its calls to a file. The process keeps its own id. */
export function traced(output: string): string[] {
  const options = ['-D', '-f', '-y', '-qq', '--seccomp-bpf', '-s', '1000'];
  return ['strace', ...options, '-o', output, '-e', `trace=${CALLS},${WRITES}`];
}

export function callsIn(output: string): SystemCall[] {
  const unfinished = new Map<string, string>();
  const calls: SystemCall[] = [];
  for (const line of readFileSync(output, 'utf8').split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const [, begun] = /^(.*) <unfinished \.\.\.>$/.exec(rest) ?? [];
    if (begun !== undefined) {
      unfinished.set(thread, begun);
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const whole = resumed === null ? rest : (unfinished.get(thread) ?? '') + (resumed[1] ?? '');
    const [, name, args] = /^(\w+)\((.*)\) += (?!-1)/.exec(whole) ?? [];
    if (name !== undefined && args !== undefined) calls.push({ name, args });
  }
  return calls;
}

/** Where the first push was acknowledged; -1 when none was. */
export function firstAcknowledgement(calls: readonly SystemCall[]): number {
  return calls.findIndex(({ args }) => args.includes(ACKNOWLEDGEMENT));
}

/** What a disk that does only what it must has not kept, if the power is lost after some calls. */
export class Disk {
  /** Paths whose names are not in their folders on the disk. */
  readonly names = new Set<string>();
  /** Paths of files that were written and not synced. */
  readonly contents = new Set<string>();
  private readonly synchronous = new Set<string>();

  constructor(calls: readonly SystemCall[]) {
    for (const call of calls) this.take(call);
  }

  /** Names and contents that would be lost, of those that matter. */
  lost(matters: (path: string) => boolean): string[] {
    return [...new Set([...this.names, ...this.contents])].filter(matters).sort();
  }

  private take({ name, args }: SystemCall): void {
    const [path = '', target = ''] = quoted(args);
    if (name === 'mkdir') this.names.add(path);
    else if (name === 'openat') this.open(path, args);
    else if (name.startsWith('rename')) this.move(path, target);
    else if (name.startsWith('link')) this.link(path, target);
    else if (name.startsWith('unlink') || name === 'rmdir') this.forget(path);
    else if (name === 'fsync' || name === 'fdatasync') this.sync(lastDescriptor(args));
    else if (!this.synchronous.has(lastDescriptor(args))) this.contents.add(lastDescriptor(args));
  }

  private open(path: string, flags: string): void {
    if (flags.includes('O_CREAT')) this.names.add(path);
    if (flags.includes('O_DSYNC') || flags.includes('O_SYNC')) this.synchronous.add(path);
  }

  private move(from: string, to: string): void {
    this.link(from, to);
    this.forget(from);
    for (const kept of [this.names, this.contents])
      for (const path of [...kept])
        if (path.startsWith(`${from}/`) && kept.delete(path)) kept.add(to + path.slice(from.length));
  }

  private link(from: string, to: string): void {
    this.names.add(to);
    if (this.contents.has(from)) this.contents.add(to);
    else this.contents.delete(to);
  }

  private forget(path: string): void {
    this.names.delete(path);
    this.contents.delete(path);
  }

  private sync(path: string): void {
    this.contents.delete(path);
    for (const name of [...this.names]) if (dirname(name) === path) this.names.delete(name);
  }
}

function quoted(args: string): string[] {
  return [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text);
}

/** That of a single descriptor; of a copy, that of the file which is written. */
function lastDescriptor(args: string): string {
  return [...args.matchAll(/\d+<(\/[^>]*)>/g)].at(-1)?.[1] ?? '';
}
