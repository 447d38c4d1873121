// Information about processes: from /proc on Linux, from ps on macOS, and from PowerShell on Windows. The code for
// macOS and Windows follows their manuals and is untested.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorCode } from '../../platform/error-code.js';

const run = promisify(execFile);
/** A program is loaded within milliseconds. A process that still has no command line after this time hides it. */
const LONGEST_LOAD_MS = 1000;
/** The flag of the kernel's own threads in /proc/pid/stat (PF_KTHREAD). */
const KERNEL_THREAD = 0x00200000;

/** Whether a process with this id exists, even as a zombie. PostgreSQL checks the same with `kill(pid, 0)`. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * Returns the command line, with spaces between its arguments. It is empty if there is no such process, or only a
 * zombie. On Linux it takes up to a second if the program of the process is not loaded yet, or hides its command
 * line.
 */
export async function commandLine(pid: number): Promise<string> {
  if (!processExists(pid)) return '';
  if (process.platform === 'linux') {
    return commandLineOnLinux(pid);
  }
  if (process.platform === 'win32') {
    const line = await powershell(`(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`);
    return `${line.replaceAll('"', '')} `;
  }
  return `${await outputOrEmpty('ps', ['-ww', '-o', 'command=', '-p', String(pid)])} `;
}

/**
 * Returns `<pid>-<start time>`, or undefined if there is no such process. It distinguishes a process from a later
 * one with the same id: a container's processes have the same few ids after every restart.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  const started = await startTime(pid);
  return started === '' ? undefined : `${pid}-${started}`;
}

/**
 * While a process becomes another program (exec), its command line is empty for a moment. A zombie's is always
 * empty.
 */
async function commandLineOnLinux(pid: number): Promise<string> {
  const deadline = performance.now() + LONGEST_LOAD_MS;
  for (;;) {
    // cmdline is readable even in containers, which lack CAP_SYS_PTRACE. cwd and exe are not readable there.
    const line = (await contentOrEmpty(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ');
    if (line !== '' || performance.now() > deadline || !(await runsProgram(pid))) return line;
    await wait(1);
  }
}

/** Whether the process is neither a zombie, nor dead, nor a thread of the kernel. */
async function runsProgram(pid: number): Promise<boolean> {
  const fields = await statFields(pid);
  const isKernel = (Number(fields[9]) & KERNEL_THREAD) !== 0;
  return fields[3] !== undefined && !['Z', 'X'].includes(fields[3]) && !isKernel;
}

/**
 * Returns the fields of /proc/pid/stat from the third one on. They are numbered from 1, as in the manual. Returns
 * none if there is no such process.
 */
async function statFields(pid: number): Promise<(string | undefined)[]> {
  const stat = await contentOrEmpty(`/proc/${pid}/stat`);
  // The second field is the name in parentheses. It may contain any characters.
  return stat === '' ? [] : [...Array<undefined>(3), ...stat.slice(stat.lastIndexOf(')') + 2).split(' ')];
}

async function startTime(pid: number): Promise<string> {
  if (process.platform === 'linux') return (await statFields(pid))[22] ?? '';
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
    // ESRCH means that the process ended between opening and reading.
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(errorCode(error) ?? '')) return '';
    throw error;
  }
}

async function powershell(command: string): Promise<string> {
  return outputOrEmpty('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]);
}

/**
 * Returns the output of a tool. The tools exit with 1 if there is no such process, which is an answer and not an
 * error.
 */
async function outputOrEmpty(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(command, args, { env: { ...process.env, LC_ALL: 'en_US.UTF-8' } });
    return stdout.trim();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 1) return '';
    throw error;
  }
}
