// A request to a running service in, its answer out, once that is found to be as /openapi.json says.
import { Contract } from './contract/contract.js';
import { descriptionOnce } from './contract/description.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined when it is not JSON. */
  readonly body: unknown;
}

let contract: Promise<Contract> | undefined;

/** The description of the service under test. */
export function contractOf(url: string): Promise<Contract> {
  contract ??= contractAt(`${url}/openapi.json`);
  return contract;
}

/** Holds the answers against the description of this service, which was not made of the sources of this run. */
export async function useOwnContract(url: string): Promise<void> {
  const own = new Contract(await textAt(`${url}/openapi.json`));
  contract = Promise.resolve(own);
}

async function contractAt(url: string): Promise<Contract> {
  return new Contract(await descriptionOnce(() => textAt(url)));
}

async function textAt(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** @throws Error when the answer is not as the service's description says */
export async function exchange(url: string, target: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}${target}`, init);
  const text = await response.text();
  const { status, headers } = response;
  const method = init.method ?? 'GET';
  (await contractOf(url)).check({ method, target, requestBody: init.body, status, headers, text });
  return { status, headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
