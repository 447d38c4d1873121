import { removeFolder } from './files.mjs';
import { endServersIn } from './left-over-servers.mjs';
import { dropTemplates } from './nodes.mjs';

let ended;

/** Once, whoever asks first: Vitest, or who interrupts it. */
export default function teardown() {
  return (ended ??= end());
}

async function end() {
  const { folder, server, started, nodes = [], templates = {} } = globalThis.testServer;
  // A start that failed has told why.
  await started.catch(() => undefined);
  await (server === undefined ? dropTemplates(nodes, templates) : server.stop());
  const leftOver = await endServersIn(folder);
  if (leftOver.length > 0) console.log(`servers that no test has ended: ${leftOver.join(', ')}`);
  // Who was interrupted may be writing a last line.
  await removeFolder(folder);
}
