// Process ids in, what these processes have used out: of /proc, so on Linux alone.
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second, whatever its own clock (USER_HZ). */
const TICK_US = 10_000;

interface Stat {
  readonly parent: number;
  /** Of the process and of its children that have ended. */
  readonly ticks: number;
  readonly ownTicks: number;
}

/** Microseconds of processor time of one process; undefined where they can't be told. */
export function processorTime(pid: number): number | undefined {
  const stat = statOf(pid);
  return stat === undefined ? undefined : stat.ownTicks * TICK_US;
}

/** Microseconds of processor time of a process and all its children, ended ones included. */
export function familyProcessorTime(parent: number | undefined): number | undefined {
  if (parent === undefined) return undefined;
  const stat = statOf(parent);
  if (stat === undefined) return undefined;
  return childrenOf(parent).reduce((sum, child) => sum + child.ticks, stat.ticks) * TICK_US;
}

/** Megabytes: what the process holds now, and the most that it ever held. */
export function memoryOf(pid: number): { readonly now: number; readonly most: number } | undefined {
  const status = textOf(`/proc/${pid}/status`);
  if (status === undefined) return undefined;
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
}

/** Megabytes of a process and its children, what they share counted once. */
export function familyMemory(parent: number): number | undefined {
  const sizes = [parent, ...childrenOf(parent).map(({ pid }) => pid)].map((pid) =>
    Number(/^Pss:\s*(\d+) kB/m.exec(textOf(`/proc/${pid}/smaps_rollup`) ?? '')?.[1]),
  );
  const sum = sizes.reduce((total, size) => total + size, 0) / 1024;
  return Number.isNaN(sum) ? undefined : sum;
}

/** Undefined where it can't be told. */
export function parentOf(pid: number): number | undefined {
  return statOf(pid)?.parent;
}

function childrenOf(parent: number): (Stat & { readonly pid: number })[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = statOf(Number(name));
      return stat?.parent === parent ? [{ ...stat, pid: Number(name) }] : [];
    });
}

function statOf(pid: number): Stat | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The second field is the name in parentheses, which may hold anything.
  const [, parent = 0, ...rest] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, childrensUser = 0, childrensSystem = 0] = rest.slice(9, 13);
  const ownTicks = user + system;
  return { parent, ownTicks, ticks: ownTicks + childrensUser + childrensSystem };
}

/** Undefined when there is no such file: another system, or a process that is gone. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
