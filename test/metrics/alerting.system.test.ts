// A real Prometheus scrapes two services, one with a journal and one without, while their database is stopped and
// started. For it a minute is a second: the alerts are those of docker/prometheus, with all their times divided by
// 60.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseServer } from '../support/database-server.js';
import { programOrSkip } from '../support/programs.js';
import { record } from '../support/records.js';
import { ACCESS, freePort, ServiceProcess, statusOf, until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const ALERTS = new URL('../../docker/prometheus/alerts.yml', import.meta.url);
const PUSH_EVERY_MS = 100;
const TOKEN = ACCESS.PUSH_TOKENS.replace('vendor=', '');
const QUIET_TOKEN = 'push-token-of-a-quiet-source';

const program = programOrSkip('prometheus');
const ifThere = program === undefined ? it.skip : it;

let folder: string;
let database: DatabaseServer;
let proxy: TcpProxy;
let withJournal: ServiceProcess;
let without: ServiceProcess;
let prometheus: ChildProcess;
let prometheusUrl: string;
let pushing: Promise<void>;
let pushes = 0;
const ended = new AbortController();
const portOf = (url: string) => Number(new URL(url).port);

beforeAll(async () => {
  if (program === undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-alerting-'));
  database = DatabaseServer.create();
  const databaseUrl = await database.start();
  proxy = await TcpProxy.before(portOf(databaseUrl));
  const environment = {
    ...ACCESS,
    PUSH_TOKENS: `${ACCESS.PUSH_TOKENS},quiet=${QUIET_TOKEN}`,
    DATABASE_URL: proxy.through(databaseUrl),
    // A busy machine takes longer than the service's own 400 ms at times, which would be an outage. A stopped
    // database is told at once.
    ACK_DEADLINE_MS: '20000',
  };
  withJournal = ServiceProcess.start(join(folder, 'a'), await freePort(), {
    ...environment,
    JOURNAL_MAX_BYTES: '500kb',
  });
  await withJournal.ready();
  without = ServiceProcess.start(join(folder, 'b'), await freePort(), { ...environment, JOURNAL_DIR: 'off' });
  await without.ready();
  pushing = pushToBoth();
  await startPrometheus(program);
});
afterAll(async () => {
  if (program === undefined) return;
  ended.abort();
  await pushing;
  const exit = once(prometheus, 'exit');
  prometheus.kill('SIGTERM');
  await exit;
  await withJournal.end('SIGKILL');
  await without.end('SIGKILL');
  await proxy.refuse();
  await database.remove();
  rmSync(folder, { recursive: true, force: true });
});

function push(url: string, token: string, body: string): Promise<Response> {
  return fetch(`${url}/push/${token}/call-reports`, { method: 'POST', body });
}

/** Until the end, whatever becomes of them. */
async function pushToBoth(): Promise<void> {
  while (!ended.signal.aborted) {
    pushes += 1;
    const body = JSON.stringify([record(`call-${pushes}`)]);
    await Promise.allSettled([withJournal, without].map(({ url }) => push(url, TOKEN, body)));
    await wait(PUSH_EVERY_MS);
  }
}

async function startPrometheus(path: string): Promise<void> {
  const rules = readFileSync(ALERTS, 'utf8')
    .replaceAll(/(for: \d+|\[\d+)m\b/g, '$1s')
    .replaceAll('* 60', '* 1');
  const targets = [withJournal, without].map(({ url }) => `'${new URL(url).host}'`);
  const config = `
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 500ms }
rule_files: [alerts.yml]
scrape_configs:
  - job_name: call-ledger
    static_configs: [{ targets: [${targets.join(', ')}] }]
`;
  const home = join(folder, 'prometheus');
  mkdirSync(home);
  writeFileSync(join(home, 'alerts.yml'), rules);
  writeFileSync(join(home, 'prometheus.yml'), config);
  const address = `127.0.0.1:${await freePort()}`;
  prometheusUrl = `http://${address}`;
  prometheus = spawn(
    path,
    ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`],
    { cwd: home, stdio: 'ignore' },
  );
  await until('Prometheus', async () => (await statusOf(`${prometheusUrl}/-/ready`)) === 200);
}

interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The alerts that fire, as `name service`, or `name source`. */
async function firing(): Promise<string[]> {
  const response = await fetch(`${prometheusUrl}/api/v1/alerts`);
  const { data } = (await response.json()) as { data: { alerts: readonly Alert[] } };
  const serviceOf = ({ instance = '', source = '' }: Alert['labels']) =>
    instance === '' ? source : instance === new URL(withJournal.url).host ? 'with journal' : 'without';
  return data.alerts
    .filter(({ state }) => state === 'firing')
    .map(({ labels }) => `${labels['alertname'] ?? ''} ${serviceOf(labels)}`)
    .map((name) => name.replace('CallLedger', '').trim());
}

/** @returns seconds until all of them fired, or none of them did any more */
async function secondsUntil(wanted: boolean, ...names: readonly string[]): Promise<string> {
  const begin = performance.now();
  let now: string[] = [];
  await until(
    () => `${names.join(', ')} to ${wanted ? 'fire' : 'end'}; there are: ${now.join(', ')}`,
    async () => {
      now = await firing();
      return names.every((name) => now.includes(name) === wanted);
    },
  );
  return `${((performance.now() - begin) / 1000).toFixed(1)} s`;
}

ifThere(
  'The alerts fire while PostgreSQL is stopped, and end when it is back',
  async () => {
    await until('both services to be scraped', async () => (await samples('up')) === 2);
    const ofTheOutage = [
      'DatabaseAway with journal',
      'DatabaseAway without',
      'PushesUnavailable without',
      'JournalGrowing with journal',
      // What is pushed would fill it within an hour, which is a minute here.
      'JournalNearlyFull with journal',
    ];
    await secondsUntil(false, ...ofTheOutage, 'Down with journal', 'Down without');

    await database.stop();
    await proxy.refuse();
    const fired = await secondsUntil(true, ...ofTheOutage);
    // The service with a journal turns none away, however long it is.
    expect(await firing()).not.toContain('PushesUnavailable with journal');

    const url = await database.start();
    proxy.retarget(portOf(url));
    await proxy.acceptAgain();
    const cleared = await secondsUntil(false, ...ofTheOutage);

    await without.end('SIGKILL');
    const down = await secondsUntil(true, 'Down without');
    console.log(
      `with minutes of a second: fired ${fired} after the database was stopped, cleared ${cleared} after it was started; ` +
        `Down after ${down}; ${pushes} pushes`,
    );
  },
  180_000,
);

ifThere(
  'A source from which nothing comes is noticed, until something comes',
  async () => {
    await secondsUntil(true, 'VendorSilent quiet');
    expect(await firing()).not.toContain('VendorSilent vendor');
    await push(withJournal.url, QUIET_TOKEN, '[]');
    await secondsUntil(false, 'VendorSilent quiet');
  },
  180_000,
);

ifThere(
  'Records that can not be read, and pushes with a wrong token, are noticed',
  async () => {
    const strays = Array.from({ length: 25 }, (_, index) => ({ stray: index }));
    await push(withJournal.url, TOKEN, JSON.stringify(strays));
    await secondsUntil(true, 'QuarantineGrowing');
    await Promise.all(strays.map(() => push(withJournal.url, 'a-token-that-nobody-has', '[]')));
    await secondsUntil(true, 'TokenRefused');
    await secondsUntil(false, 'TokenRefused');
  },
  180_000,
);

/** The sum over a metric's series; undefined when there are none. */
async function samples(metric: string): Promise<number | undefined> {
  const response = await fetch(`${prometheusUrl}/api/v1/query?query=sum(${metric})`);
  const { data } = (await response.json()) as { data: { result: readonly { value: [number, string] }[] } };
  const [first] = data.result;
  return first && Number(first.value[1]);
}
