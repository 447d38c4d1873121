// `npm run bench`: runs the benchmarks that are asked for, prints one table and writes it to bench/results/.
import 'reflect-metadata';
import { benchAnswer } from './answer/answer.js';
import type { Context } from './context.js';
import { benchAttack } from './attack/attack.js';
import { benchBodies } from './bodies/bodies.js';
import { benchCluster } from './cluster/cluster.js';
import { benchFeed } from './feed/feed.js';
import { benchIngest } from './ingest/ingest.js';
import { type BenchOptions, HELP, readOptions } from './options.js';
import { benchQuery } from './query/query.js';
import { benchPainting } from './painting/painting.js';
import { benchReading } from './reading/reading.js';
import { benchRetention } from './retention/retention.js';
import { benchStart } from './start/start.js';
import { benchSize } from './size/size.js';
import { Ending } from './support/ending.js';
import type { Finding } from './support/finding.js';
import { say, sayNoMore } from './support/progress.js';
import { tableOf, writeResults } from './support/report.js';
import { BenchServer } from './support/server.js';
import { benchWatching } from './watching/watching.js';
import { benchWebhooks } from './webhooks/webhooks.js';

/** Every benchmark, in the order in which they run. A new one is added here. */
const PARTS: Readonly<Record<string, (context: Context) => Promise<Finding[]> | Finding[]>> = {
  reading: benchReading,
  start: benchStart,
  ingest: benchIngest,
  answer: benchAnswer,
  query: benchQuery,
  feed: benchFeed,
  size: benchSize,
  retention: benchRetention,
  watching: benchWatching,
  webhooks: benchWebhooks,
  painting: benchPainting,
  bodies: benchBodies,
  attack: benchAttack,
  cluster: benchCluster,
};

async function run(options: BenchOptions): Promise<Finding[]> {
  const ending = new Ending();
  ending.onSignals();
  try {
    const server = await BenchServer.start(ending);
    const findings: Finding[] = [];
    for (const [name, bench] of Object.entries(PARTS)) {
      if (options.parts.length > 0 && !options.parts.includes(name)) continue;
      say(name);
      findings.push(...(await bench({ ending, server, options })));
    }
    return findings;
  } finally {
    await ending.all();
    sayNoMore();
  }
}

async function main(args: string[]): Promise<void> {
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return;
  }
  const options = readOptions(args);
  const unknown = options.parts.filter((part) => !(part in PARTS));
  if (unknown.length > 0)
    throw new Error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  const startedAt = new Date();
  const findings = await run(options);
  process.stdout.write(`${tableOf(findings)}\n`);
  process.stderr.write(`written to ${writeResults(findings, options, startedAt)}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
