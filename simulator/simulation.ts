import type { Progress } from './reporting/progress.js';
import { CallStates } from './pushing/call-states.js';
import { PushAccounts } from './pushing/push-accounts.js';
import { PushBodies } from './pushing/push-body.js';
import { PushClient } from './pushing/push-client.js';
import { PushPlan } from './pushing/push-plan.js';
import { Tally } from './pushing/tally.js';
import { Vendor } from './pushing/vendor.js';
import { CallFactory } from './records/call-factory.js';
import type { SimulatorOptions } from './simulator-options.js';
import { ApiError, LedgerApi } from './verification/ledger-api.js';
import type { VerificationResult } from './verification/verification-result.js';
import { Verifier } from './verification/verifier.js';

const SHOW_EVERY_MS = 500;
const NOTHING = () => undefined;

/** The result of a run. */
export interface SimulationResult {
  readonly seed: string;
  /** Nine digits that all ids of the run contain. */
  readonly run: string;
  readonly calls: number;
  /** Calls that the vendor never pushes. */
  readonly unpushed: number;
  readonly taskIds: readonly string[];
  readonly tally: Tally;
  readonly pushingSeconds: number;
  readonly interrupted: boolean;
  /**
   * Null if the run did not verify: it was not asked to, was interrupted, or could not. `verificationError` says
   * why it could not.
   */
  readonly verification: VerificationResult | null;
  readonly verificationError: string | null;
}

/**
 * Plays the vendor once: pushes everything, and then verifies if that was asked for. After the signal it sends
 * nothing more and does not verify. It never rejects because of the service.
 *
 * @param onPushed is called when everything is pushed, before the verification
 * @param recordingsUrl where the recordings are served
 */
export async function simulate(
  options: SimulatorOptions,
  progress: Progress,
  signal: AbortSignal,
  onPushed: () => void = NOTHING,
  recordingsUrl = '',
): Promise<SimulationResult> {
  const factory = new CallFactory(options.campaign);
  const states = new CallStates(options.campaign.calls);
  const tally = new Tally();
  const begun = performance.now();
  await push(options, { factory, states, tally, progress, signal }, recordingsUrl);
  const pushingSeconds = (performance.now() - begun) / 1000;
  const interrupted = signal.aborted;
  onPushed();
  const outcome = interrupted
    ? NOT_VERIFIED
    : await verify(options, { factory, states, tally, progress, signal });
  progress.stop();
  return {
    seed: options.campaign.seed,
    run: factory.ids.run,
    calls: options.campaign.calls,
    unpushed: factory.countUnpushed(),
    taskIds: Array.from({ length: options.campaign.tasks }, (_, task) => factory.ids.taskId(task)),
    tally,
    pushingSeconds,
    interrupted: signal.aborted,
    ...outcome,
  };
}

const NOT_VERIFIED = { verification: null, verificationError: null };

interface Run {
  readonly factory: CallFactory;
  readonly states: CallStates;
  readonly tally: Tally;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function push(
  options: SimulatorOptions,
  { factory, states, tally, progress, signal }: Run,
  recordingsUrl: string,
): Promise<void> {
  const plan = new PushPlan(factory);
  const client = new PushClient(options.url, options.token, options.timeOutMs);
  const vendor = new Vendor(options.vendor, {
    plan,
    bodies: new PushBodies(factory, plan, recordingsUrl),
    accounts: new PushAccounts(factory, plan, states, tally),
    client,
    note: (text) => {
      progress.note(text);
    },
  });
  const show = () => {
    const remark = `${tally.pushesAcknowledged} pushes taken, ${tally.failedAttempts} failed`;
    progress.show({ stage: 'pushing', done: tally.callsSettled, total: options.campaign.calls, remark });
  };
  const timer = setInterval(show, SHOW_EVERY_MS);
  try {
    await vendor.run(signal);
  } finally {
    clearInterval(timer);
    client.close();
  }
  show();
}

async function verify(options: SimulatorOptions, { factory, states, tally, progress, signal }: Run) {
  if (!options.verify || options.apiKey === null) return NOT_VERIFIED;
  const api = new LedgerApi(options.url, options.apiKey, options.verifyTimeoutMs, signal);
  const verifier = new Verifier(
    api,
    factory,
    states,
    tally,
    options.verifyTimeoutMs,
    options.vendorApi !== null,
  );
  let rows = 0;
  const show = () => {
    progress.show({ stage: 'verifying', done: rows, total: options.campaign.calls, remark: '' });
  };
  const timer = setInterval(show, SHOW_EVERY_MS);
  try {
    const verification = await verifier.verify(() => (rows += 1));
    show();
    return { verification, verificationError: null };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { verification: null, verificationError: error.message };
  } finally {
    clearInterval(timer);
  }
}
