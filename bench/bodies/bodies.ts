// How long small pushes wait while another source pushes large bodies of good records.
import type { Context } from '../context.js';
import type { Finding } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { RecordSource } from '../support/records.js';
import { detailsOf, type LargePushes, VENDOR_WAITS_MS, waitsBeside } from '../support/waits-beside.js';

const MEGABYTE = 1024 * 1024;
/** The largest is just below the service's PUSH_BODY_LIMIT. */
const MEGABYTES = [1, 4, 16, 31];
const RECORDS_AT_ONCE = 1000;

export async function benchBodies(context: Context): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const megabytes of MEGABYTES) {
    const waits = await waitsBeside(context, 'bodies', SERVICE, pushesOf(megabytes));
    findings.push({
      part: 'bodies',
      what: `longest wait of small pushes beside bodies of ${megabytes} MB`,
      value: waits.slowest,
      unit: 'ms',
      target: { atMost: VENDOR_WAITS_MS },
      details: detailsOf(waits),
    });
  }
  return findings;
}

function pushesOf(megabytes: number): LargePushes {
  const source = new RecordSource(`bodies ${megabytes}`);
  return {
    name: `bodies of ${megabytes} MB`,
    headers: { 'content-type': 'application/json' },
    body: () => bodyOf(source, megabytes * MEGABYTE),
  };
}

/** An array of records with at most so many bytes. */
function bodyOf(source: RecordSource, most: number): Buffer {
  const records: string[] = [];
  let size = '[]'.length;
  for (;;) {
    for (const record of source.take(RECORDS_AT_ONCE)) {
      size += Buffer.byteLength(record) + ','.length;
      if (size > most) return Buffer.from(`[${records.join(',')}]`);
      records.push(record);
    }
  }
}
