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
/** Of services that were not made of the sources of this run, by their URLs. */
const others = new Map<string, Contract>();

/** The description of the service under test. */
export function contractOf(url: string): Promise<Contract> {
  const other = others.get(url);
  if (other !== undefined) return Promise.resolve(other);
  contract ??= contractAt(`${url}/openapi.json`);
  return contract;
}

/**
 * Holds the answers against the description of this service, which was not made of the sources of this run.
 *
 * @returns what ends that: another service may get the same port
 */
export async function useOwnContract(url: string): Promise<() => void> {
  others.set(url, new Contract(await textAt(`${url}/openapi.json`)));
  return () => others.delete(url);
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
