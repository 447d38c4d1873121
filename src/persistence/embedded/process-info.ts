// In: a process id. Out: what the operating system says of that process. Linux is read from /proc, macOS
// through ps, Windows through PowerShell (the last two are written after their manuals and untested).
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The `code` of a Node.js or PostgreSQL error, e.g. `ENOENT` or `28P01`. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the id belongs to some process, a zombie included: what PostgreSQL itself asks with `kill(pid, 0)`. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** The command line, its arguments separated by blanks; empty when there is no such process, or only a zombie. */
export async function commandLine(pid: number): Promise<string> {
  if (!processExists(pid)) return '';
  if (process.platform === 'linux') {
    // cmdline stays readable where cwd and exe are not: containers lack CAP_SYS_PTRACE.
    return (await contentOrEmpty(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ');
  }
  if (process.platform === 'win32') {
    const line = await powershell(`(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`);
    return `${line.replaceAll('"', '')} `;
  }
  return `${await outputOrEmpty('ps', ['-ww', '-o', 'command=', '-p', String(pid)])} `;
}

/**
 * `<pid>-<start time>`: tells a process from a later one that got the same id (a container's processes have
 * the same few ids after every restart). Undefined when there is no such process.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  const started = await startTime(pid);
  return started === '' ? undefined : `${pid}-${started}`;
}

async function startTime(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const stat = await contentOrEmpty(`/proc/${pid}/stat`);
    // The second field is the name in parentheses and may hold anything; the start time is the 22nd field.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  }
  const text =
    process.platform === 'win32'
      ? await powershell(`(Get-Process -Id ${pid}).StartTime.Ticks`)
      : await outputOrEmpty('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return text.replaceAll(/\W/g, '');
}

async function contentOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // ESRCH: the process ended between opening and reading.
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(errorCode(error) ?? '')) return '';
    throw error;
  }
}

async function powershell(command: string): Promise<string> {
  return outputOrEmpty('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]);
}

/** The tools end with 1 when there is no such process, which is an answer and no error. */
async function outputOrEmpty(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(command, args, { env: { ...process.env, LC_ALL: 'en_US.UTF-8' } });
    return stdout.trim();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 1) return '';
    throw error;
  }
}
