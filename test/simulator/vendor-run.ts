import { simulate } from '../../simulator/simulation.js';
import type { SimulatorOptions } from '../../simulator/simulator-options.js';
import { campaignOptions, simulatorOptions } from './example-options.js';
import { Receiver, type Arrival, type Behave } from './receiver.js';
import { SilentProgress } from './silent-progress.js';

export const oneCall = { calls: 1, batchSize: 1, tasks: 1, batches: 1 };

/** One push at a time; a minute takes 60 ms. */
export const slowly = { rate: null, concurrency: 1, maxRetries: 3, timeScale: 0.001 };

/** Plays the vendor against a receiver that behaves so; does not verify. */
export async function run(
  behave: Behave,
  campaign: Parameters<typeof campaignOptions>[0] = {},
  changes: Partial<SimulatorOptions> = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const receiver = await Receiver.listening(behave);
  try {
    const options = simulatorOptions(receiver.url, campaignOptions(campaign), { verify: false, ...changes });
    const { tally, interrupted } = await simulate(options, new SilentProgress(), signal);
    return { tally, interrupted, arrivals: receiver.arrivals };
  } finally {
    await receiver.close();
  }
}

/** `callId` and `statusMsg` of the records in a body. */
export function recordsOf({ body }: Arrival): { callId: string; statusMsg: string }[] {
  const records: unknown = JSON.parse(body.toString());
  if (!Array.isArray(records)) throw new Error('no array');
  return records.filter(isRecord);
}

function isRecord(record: unknown): record is { callId: string; statusMsg: string } {
  return typeof record === 'object' && record !== null && 'callId' in record && 'statusMsg' in record;
}
