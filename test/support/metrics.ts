// The text of /metrics in, its series out.
import { until } from './service.js';

/** Values by series, as `name{label="value"}`. */
export type Samples = ReadonlyMap<string, number>;

export function samplesOf(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

const COLLECTED_AT = 'call_ledger_metrics_collected_timestamp_seconds';

/**
 * Values that were collected after now: the service collects them at most once a second.
 *
 * @param scrape asks for the text
 */
export async function freshSamples(scrape: () => Promise<string>): Promise<Samples> {
  const since = Date.now() / 1000;
  let samples: Samples = new Map();
  await until('new metrics', async () => {
    samples = samplesOf(await scrape());
    return (samples.get(COLLECTED_AT) ?? 0) >= since;
  });
  return samples;
}
