// Starts PostgreSQL's programs, all of them in the same way.
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { serverEnvironment } from '../server/server-settings.js';
import type { Launcher } from './unprivileged-user.js';

/** @param command the program's path, and its arguments */
export function spawnProgram(
  launcher: Launcher,
  command: readonly string[],
  stdio: StdioOptions,
): ChildProcess {
  const [program = '', ...rest] = command;
  const { file, args, ...identity } = launcher.command(program, rest);
  return spawn(file, args, {
    ...identity,
    cwd: '/',
    env: serverEnvironment(),
    // Ctrl-C in a terminal must not reach it: this process decides what happens then.
    detached: true,
    windowsHide: true,
    stdio,
  });
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
  /** What it wrote to standard output and standard error. */
  readonly output: string;
}

/**
 * Runs a program and waits until it has ended.
 *
 * @param input for its standard input
 * @throws the signal's reason when the signal is aborted; the program is ended then
 * @throws Error when the program can't be run at all
 */
export async function runProgram(
  launcher: Launcher,
  command: readonly string[],
  signal: AbortSignal,
  input = '',
): Promise<ProgramEnd> {
  signal.throwIfAborted();
  const child = spawnProgram(launcher, command, 'pipe');
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // The program may end without having read.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const end = (): void => void child.kill();
  signal.addEventListener('abort', end);
  try {
    await once(child, 'close');
  } finally {
    signal.removeEventListener('abort', end);
  }
  signal.throwIfAborted();
  return { exitCode: child.exitCode, exitSignal: child.signalCode, output };
}
