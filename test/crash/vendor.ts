// The vendor, played by the simulator in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Of a test in its long form, or in the short one, which takes a minute. */
export const LONGEST_TEST_MS = ['CRASH_SERVICE_KILLS', 'OUTAGE_SECONDS', 'ROLLING_ROUNDS'].some(
  (name) => process.env[name] !== undefined,
)
  ? 3_600_000
  : 600_000;

const SIMULATOR = fileURLToPath(new URL('../../dist/simulator/main.js', import.meta.url));

/** Every kind of fault that the vendor is known for. */
export const FAULTS = {
  duplicates: 0.05,
  corrections: 0.02,
  broken: 0.01,
  reorder: 0.02,
} as const;

/**
 * Where it is asked whether pushes fail: how slow they are while others keep this machine's disk busy is only said.
 * The vendor itself gives up after {@link VENDOR_PATIENCE_MS}.
 */
export const PATIENT = { 'time-out': 10_000 } as const;
export const VENDOR_PATIENCE_MS = 700;

/** What the simulator's summary says, as far as the tests ask for it. */
interface VendorSummary {
  readonly records: { readonly acknowledged: number; readonly notAcknowledged: number };
  readonly pushes: { readonly sent: number; readonly acknowledged: number; readonly retries: number };
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly answerMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Of the verification; null when there was none. */
  readonly faults: number | null;
}

export interface VendorRun {
  readonly code: number | null;
  /** For people. */
  readonly text: string;
  readonly summary: VendorSummary;
}

const atWork = new Set<ChildProcess>();

/** Ends what a test that failed has left at work. */
export async function endVendors(): Promise<void> {
  for (const child of atWork) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

/**
 * Pushes calls, then verifies that every acknowledged record is in the ledger once and right.
 *
 * @param options of the simulator, without their dashes
 * @param environment tells where to find push token and API key
 */
export async function playVendor(
  options: Readonly<Record<string, string | number>>,
  environment: Readonly<Record<string, string>>,
): Promise<VendorRun> {
  const seed = Math.floor(Math.random() * 1e9);
  const args = Object.entries({ seed, ...options }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(process.execPath, [SIMULATOR, ...args, '--verify', '--json'], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  atWork.add(child);
  child.once('close', () => atWork.delete(child));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let progress = '';
  child.stderr.on('data', (chunk: Buffer) => (progress += chunk.toString()));
  await once(child, 'close');
  const lines = output.trimEnd().split('\n');
  const json = lines.pop() ?? '';
  if (!json.startsWith('{'))
    throw new Error(`the simulator ended with ${child.exitCode}: ${output}${progress}`);
  return { code: child.exitCode, text: lines.join('\n'), summary: JSON.parse(json) as VendorSummary };
}
