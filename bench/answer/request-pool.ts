// A bounded number of pushes in, as many different ones as are asked for out: only their callIds are new each time.
import { pushRequest, type RecordSource } from '../support/records.js';

/** What every callId of the simulator begins with; nine digits of its run follow, then `^1000`. */
const CALL_ID = '"callId":"1000';

interface Template {
  readonly request: Buffer;
  /** Where the runs' digits stand. */
  readonly runs: readonly number[];
}

/** A minute of three times the capacity is millions of records: made beforehand, they would fill gigabytes. */
export class RequestPool {
  private readonly templates: readonly Template[];
  private given = 0;

  /** @param pushes more than are ever under way at once, since each is changed in place when its turn comes again */
  constructor(source: RecordSource, pushes: number, recordsAPush: number) {
    this.templates = Array.from({ length: pushes }, () => {
      const request = pushRequest(source.take(recordsAPush));
      return { request, runs: runsIn(request) };
    });
  }

  next(): Buffer {
    const template = this.templates[this.given % this.templates.length];
    if (template === undefined) throw new Error('a pool of no pushes');
    const pass = Math.floor(this.given / this.templates.length);
    this.given += 1;
    for (const position of template.runs)
      template.request.write(String(pass).padStart(3, '0'), position, 'latin1');
    return template.request;
  }
}

function runsIn(request: Buffer): number[] {
  const found: number[] = [];
  for (let at = request.indexOf(CALL_ID); at >= 0; at = request.indexOf(CALL_ID, at + 1))
    found.push(at + CALL_ID.length);
  return found;
}
