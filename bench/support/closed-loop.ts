import { PushConnection } from './push-connection.js';

/**
 * Pushes everything, each connection the next request as soon as its last one is answered.
 *
 * @returns milliseconds from the first push to the last answer
 * @throws Error at an answer that is not 200 or 201
 */
export async function pushAll(
  port: number,
  requests: readonly Buffer[],
  connections: number,
): Promise<number> {
  const open = await Promise.all(
    Array.from({ length: Math.min(connections, requests.length) }, () => PushConnection.open(port)),
  );
  let next = 0;
  const startedAt = performance.now();
  try {
    await Promise.all(
      open.map(async (connection) => {
        for (let request = requests[next]; request !== undefined; request = requests[next]) {
          next += 1;
          const status = await connection.push(request);
          if (status !== 200 && status !== 201) throw new Error(`a push was answered ${status}`);
        }
      }),
    );
    return performance.now() - startedAt;
  } finally {
    for (const connection of open) connection.close();
  }
}
