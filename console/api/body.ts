// The id of a delivery in, the text of its body out, exactly as it came: no number is read and written anew.
import { type Answer, arrived, askService, problemOf, refusalOf, SERVICE } from './client.js';

/** @throws DOMException AbortError */
export async function bodyOf(deliveryId: string, signal: AbortSignal): Promise<Answer<string>> {
  try {
    const address = new URL(`v1/deliveries/${encodeURIComponent(deliveryId)}/body`, SERVICE);
    const response = await askService(new Request(address, { signal }));
    if (!response.ok) return { problem: await refusalOf(response) };
    return { data: await arrived(response.text()) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}
