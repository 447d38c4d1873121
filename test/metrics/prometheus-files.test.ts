// Prometheus's own tool finds nothing to say of the metrics, and the alerts and the dashboard ask for what there is.
import { beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vendorSettings } from '../completeness/checked-ledger.js';
import { NO_DATABASE } from '../contract/helpers.js';
import { startLedger } from '../support/ledger.js';
import { programOrSkip } from '../support/programs.js';
import { runPromtool } from '../support/prometheus.js';
import { record } from '../support/records.js';

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const textOf = (path: string) => readFileSync(fileOf(path), 'utf8');
const METRIC = /\b(?:call_ledger|nodejs|process)_[a-z0-9_]+/g;

const promtool = programOrSkip('promtool', 'prometheus');
const alerts = [...textOf('docker/prometheus/alerts.yml').matchAll(/- alert: (\w+)/g)].map(
  ([, name = '']) => name,
);
let metrics: string;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-journal-'));
  const ledger = await startLedger({
    JOURNAL_DIR: folder,
    DATABASE_REPLICA_URL: NO_DATABASE,
    // Nobody is asked while no check is due.
    ...vendorSettings('http://127.0.0.1:9'),
  });
  await ledger.push([record('one')]);
  await ledger.get('/v1/calls/one');
  metrics = (await ledger.get('/metrics')).text;
  await ledger.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The names under which there are series. */
function scraped(): ReadonlySet<string> {
  return new Set([...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name));
}

/** The names in a text, without what histograms append to them. */
function namesIn(text: string): string[] {
  const found = [...text.matchAll(METRIC)].map(([name]) => name);
  return [...new Set(found.map((name) => name.replace(/_(?:bucket|sum|count)$/, '')))].sort();
}

describe('promtool', () => {
  const ifThere = promtool === undefined ? it.skip : it;
  const says = (parameters: readonly string[], input?: string) =>
    runPromtool(promtool ?? '', parameters, input);

  ifThere('finds nothing wrong with the metrics', () => {
    expect(says(['check', 'metrics'], metrics)).toEqual({ status: 0, output: '' });
  });

  ifThere('finds the configuration and the alerts sound', () => {
    for (const parameters of [
      ['check', 'config', fileOf('docker/prometheus/prometheus.yml')],
      ['check', 'rules', fileOf('docker/prometheus/alerts.yml')],
    ])
      expect(says(parameters)).toMatchObject({ status: 0 });
  });

  ifThere('sees each alert fire when it should, and only then', () => {
    const { status, output } = says(['test', 'rules', fileOf('docker/prometheus/alerts.test.yml')]);
    expect([status, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });
});

describe('Every metric is there that is asked for', () => {
  it.each([
    'docker/prometheus/alerts.yml',
    'docker/prometheus/alerts.test.yml',
    'docker/grafana/call-ledger.json',
  ])('in %s', (file) => {
    const names = namesIn(textOf(file));
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !scraped().has(name))).toEqual([]);
  });

  it('in docs/operations.md, which explains all of our own', () => {
    const described = namesIn(textOf('docs/operations.md')).filter((name) => name.startsWith('call_ledger'));
    const own = [...scraped()].filter((name) => name.startsWith('call_ledger'));
    expect(described).toEqual(own.sort());
  });
});

describe('Every alert', () => {
  it.each(alerts)('%s is tested, and has an entry in the runbook, to which it points', (alert) => {
    expect(textOf('docker/prometheus/alerts.test.yml')).toContain(
      `alertname: ${alert}\n        exp_alerts:\n`,
    );
    expect(textOf('docs/runbook.md')).toMatch(new RegExp(`^## ${alert}$`, 'm'));
    expect(textOf('docker/prometheus/alerts.yml')).toContain(`docs/runbook.md#${alert.toLowerCase()}\n`);
  });

  it('of the runbook is one', () => {
    const headings = [...textOf('docs/runbook.md').matchAll(/^## (CallLedger\w+)$/gm)].map(
      ([, name]) => name,
    );
    expect(headings.sort()).toEqual([...alerts].sort());
  });
});
