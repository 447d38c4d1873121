// The id of a delivery in, the text of its body out, exactly as it came: no number is read and written anew.
import { type Answer, askService, refusal, SERVICE } from './client.js';

/** @throws DOMException AbortError */
export async function bodyOf(deliveryId: string, signal: AbortSignal): Promise<Answer<string>> {
  const address = new URL(`v1/deliveries/${encodeURIComponent(deliveryId)}/body`, SERVICE);
  let response: Response;
  try {
    response = await askService(new Request(address, { signal }));
    if (response.ok) return { data: await response.text() };
  } catch (error) {
    if (signal.aborted) throw error;
    return { problem: { status: 0, detail: '', errors: [], requestId: undefined } };
  }
  return { problem: refusal(response, await response.json()) };
}
