// The feed in, a copy of the ledger's calls out: what a consumer does.
import type { CallDto, SelectedCall } from '../../../src/query/calls/call.dto.js';
import type { ChangePage } from '../../../src/query/changes/change.dto.js';
import { API_KEY } from '../../support/ledger.js';

export interface Question {
  readonly after?: string | undefined;
  readonly limit?: number;
  readonly wait?: number;
}

export async function askChanges(
  url: string,
  question: Question,
  signal?: AbortSignal,
  key = API_KEY,
): Promise<ChangePage> {
  const response = await fetch(`${url}/v1/changes?${parametersOf(question)}`, {
    headers: { authorization: `Bearer ${key}` },
    signal: signal ?? null,
  });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as ChangePage;
}

function parametersOf(question: Question): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(question)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.toString();
}

export class Follower {
  readonly copy = new Map<string, CallDto>();
  readonly counts = { answers: 0, empty: 0, calls: 0, erased: 0, largest: 0 };
  /** Calls whose revision went down without an erasure in between. */
  readonly steppedBack: string[] = [];
  private cursor: string | undefined;

  /** @param key that it asks with */
  constructor(private readonly key = API_KEY) {}

  /**
   * Asks once and applies the answer.
   *
   * @param forgets ends before the cursor is saved: the same changes are asked for again
   */
  async step(url: string, question: Question = {}, forgets = false): Promise<ChangePage> {
    const page = await askChanges(url, { after: this.cursor, ...question }, undefined, this.key);
    for (const change of page.data) {
      if (change.type === 'call') this.put(wholeCall(change.call));
      else this.copy.delete(change.callId);
      this.counts[change.type === 'call' ? 'calls' : 'erased'] += 1;
    }
    this.counts.answers += 1;
    if (page.data.length === 0) this.counts.empty += 1;
    this.counts.largest = Math.max(this.counts.largest, page.data.length);
    if (!forgets) this.cursor = page.nextCursor;
    return page;
  }

  async catchUp(url: string, question: Question = {}): Promise<void> {
    while (!(await this.step(url, question)).upToDate);
  }

  private put(call: CallDto): void {
    const before = this.copy.get(call.callId);
    if (before !== undefined && before.revision > call.revision) this.steppedBack.push(call.callId);
    this.copy.set(call.callId, call);
  }
}

/** @throws Error if fields were left out */
function wholeCall(call: SelectedCall): CallDto {
  if (isWhole(call)) return call;
  throw new Error(`the call ${call.callId} is not whole`);
}

function isWhole(call: SelectedCall): call is CallDto {
  return call.revision !== undefined;
}
