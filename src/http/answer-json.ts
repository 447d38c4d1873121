// An answer in, its JSON out; of a long list some entries at a time, so that pushes have their turn meanwhile.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Semaphore } from '../persistence/semaphore.js';
import { stringifyExact } from '../json/exact-json.js';

/** They take some 2 ms. */
const ENTRIES_AT_ONCE = 100;
/** The process has one thread: two long lists at once would only let everybody else wait twice as long. */
const oneLongList = new Semaphore(1);

type Fields = Readonly<Record<string, unknown>>;

export async function answerJson(answer: unknown): Promise<string> {
  if (!isLongList(answer)) return stringifyExact(answer);
  return oneLongList.run(async () => {
    const { data, ...rest } = answer;
    const others = stringifyExact(rest).slice(1);
    return `{"data":${await listJson(data)}${others === '}' ? '' : ','}${others}`;
  });
}

async function listJson(entries: readonly unknown[]): Promise<string> {
  const parts: string[] = [];
  for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
    parts.push(stringifyExact(entries.slice(at, at + ENTRIES_AT_ONCE)).slice(1, -1));
    await nextTurn();
  }
  return `[${parts.join(',')}]`;
}

function isLongList(answer: unknown): answer is Fields & { readonly data: readonly unknown[] } {
  if (typeof answer !== 'object' || answer === null || !('data' in answer)) return false;
  return Array.isArray(answer.data) && answer.data.length > ENTRIES_AT_ONCE;
}
