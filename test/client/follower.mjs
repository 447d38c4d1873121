// Keeps a copy of the calls with the client package: a line for each change, and the cursor in a file. It is copied
// beside an installed package, and killed at any moment.
import { fsyncSync, openSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileCursor, follow } from 'call-ledger-client';

const { LEDGER_URL: url, API_KEY: key, FOLDER: folder } = process.env;
const lines = openSync(`${folder}/changes.ndjson`, 'a');
// The line before may have been cut off.
writeSync(lines, '\n');
const options = { url, key, follower: 'copy', store: fileCursor(`${folder}/cursor`), limit: 20 };
const onRetry = (error) => console.log(`retry: ${error.message}`);
for await (const { changes } of follow({ ...options, waitSeconds: 5, longestPauseSeconds: 1, onRetry })) {
  console.log('batch');
  for (const change of changes) {
    writeSync(lines, `${JSON.stringify(change)}\n`);
    // A batch takes its time, so that the process dies within some.
    await wait(Math.random() * 3);
  }
  fsyncSync(lines);
}
