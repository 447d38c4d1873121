// How the tests ask for erasures and wait for them.
import type { ErasureDto } from '../../src/privacy/erasure/erasure.dto.js';
import { API_KEY } from '../support/ledger.js';
import { until } from '../support/service.js';

/** A number that only the tests of erasures have, and its neighbour. */
export const NUMBER = '13900000777';
export const NEIGHBOUR = '13900000778';

const HEADERS = { authorization: `Bearer ${API_KEY}` };

export async function askFor(url: string, number: string, key = HEADERS): Promise<string> {
  const body = JSON.stringify({ number, reason: `asked for by the person, ${number}` });
  const answer = await fetch(`${url}/v1/erasures`, { method: 'POST', body, headers: key });
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

export async function erasureOf(url: string, id: string, key = HEADERS): Promise<ErasureDto> {
  return (await (await fetch(`${url}/v1/erasures/${id}`, { headers: key })).json()) as ErasureDto;
}

export async function erased(url: string, id: string, key = HEADERS): Promise<ErasureDto> {
  let last: ErasureDto | undefined;
  await until(
    () => `the erasure to be done: ${JSON.stringify(last)}`,
    async () => (last = await erasureOf(url, id, key)).status === 'done',
  );
  return erasureOf(url, id, key);
}
