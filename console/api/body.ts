// What is no JSON: the bodies of deliveries and the files of recordings, exactly as they came.
import { type Answer, arrived, askService, problemOf, refusalOf, SERVICE } from './client.js';

/** The text of a delivery's body: no number is read and written anew. @throws DOMException AbortError */
export function bodyOf(deliveryId: string, signal: AbortSignal): Promise<Answer<string>> {
  return contentOf(`v1/deliveries/${encodeURIComponent(deliveryId)}/body`, signal, (response) =>
    response.text(),
  );
}

/** The whole file of a call's recording. @throws DOMException AbortError */
export async function recordingOf(callId: string, signal: AbortSignal): Promise<Answer<Blob>> {
  const path = `v1/calls/${encodeURIComponent(callId)}/recording`;
  const answer = await contentOf(path, signal, (response) => response.blob());
  if (answer.problem !== undefined) return answer;
  const { data: file } = answer;
  // The vendor's store says the type. The browser must not take the file for a page of this service.
  const type = /^(audio|video)\//.test(file.type) ? file.type : 'application/octet-stream';
  return { data: file.slice(0, file.size, type) };
}

async function contentOf<T>(
  path: string,
  signal: AbortSignal,
  read: (response: Response) => Promise<T>,
): Promise<Answer<T>> {
  try {
    const response = await askService(new Request(new URL(path, SERVICE), { signal }));
    if (!response.ok) return { problem: await refusalOf(response) };
    return { data: await arrived(read(response)) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}
