import { rmSync } from 'node:fs';
import { dropTemplates } from './nodes.mjs';

export default async function teardown() {
  const { server, directory, nodes, templates } = globalThis.testServer;
  if (server === undefined) return dropTemplates(nodes, templates);
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
