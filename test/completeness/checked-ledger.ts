// A ledger and the vendor that it is compared with.
import { expect } from 'vitest';
import { setTimeout as wait } from 'node:timers/promises';
import type { CampaignOptions } from '../../simulator/records/campaign-options.js';
import { CallFactory } from '../../simulator/records/call-factory.js';
import { simulate } from '../../simulator/simulation.js';
import { type ApiFaults, NO_FAULTS } from '../../simulator/vendor-api/api-faults.js';
import { VendorApiServer } from '../../simulator/vendor-api/vendor-api-server.js';
import { simulatorOptions } from '../simulator/example-options.js';
import { SilentProgress } from '../simulator/silent-progress.js';
import { IS_LONG } from '../support/form.js';
import { API_KEY, PUSH_TOKEN, type TestLedger } from '../support/ledger.js';

const ACCESS_KEY = { id: 'made-up-access-key', secret: 'made-up-secret-of-the-access-key' };
const PATIENCE_MS = IS_LONG ? 1_100_000 : 240_000;

/** The settings with which a ledger asks a vendor. No check begins by itself. */
export function vendorSettings(url: string): Record<string, string> {
  return {
    ALIYUN_ACCESS_KEY_ID: ACCESS_KEY.id,
    ALIYUN_ACCESS_KEY_SECRET: ACCESS_KEY.secret,
    ALIYUN_ENDPOINT: url,
    COMPLETENESS_SOURCE: 'vendor',
    COMPLETENESS_RATE: '1000',
    COMPLETENESS_INTERVAL: 'off',
  };
}

export interface Task {
  readonly taskId: string;
  readonly verdict: string;
  readonly reason: string;
  readonly missing: number;
  readonly vendorCalls: number | null;
  readonly ledgerCalls: number;
  readonly vendorEntries: number | null;
  readonly ledgerEntries: number | null;
  readonly checkedAt: string;
}

export interface Entry {
  readonly detailId: string;
  readonly callId: string | null;
  readonly state: string;
  readonly reason: string | null;
}

export interface Run {
  readonly id: string;
  readonly status: string;
  readonly problem: string | null;
  readonly tasksDone: number;
  readonly examined: number;
  readonly repairable: number;
  readonly repaired: number;
  readonly unrepairable: number;
}

type Ask = (path: string, init?: RequestInit) => Promise<{ status: number; body: unknown }>;

/** Asks a ledger about its completeness, with the key of the settings. */
export class Completeness {
  /** @param ask sends requests with a key */
  constructor(private readonly ask: Ask) {}

  static of(ledger: TestLedger): Completeness {
    return new Completeness((path, init = {}) =>
      ledger.request(path, { ...init, headers: { authorization: `Bearer ${API_KEY}`, ...init.headers } }),
    );
  }

  check(request: { taskId?: string } = {}): Promise<Run> {
    return this.run('checks', request);
  }

  repair(request: { taskId?: string; dryRun?: boolean } = {}): Promise<Run> {
    return this.run('repairs', request);
  }

  /** Requests a run. Returns its id. */
  async request(kind: 'checks' | 'repairs', request: object = {}): Promise<string> {
    const { status, body } = await this.ask(`/v1/completeness/${kind}`, {
      method: 'POST',
      body: JSON.stringify(request),
      headers: { 'content-type': 'application/json' },
    });
    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'pending' } });
    return (body as Run).id;
  }

  async ended(kind: 'checks' | 'repairs', id: string): Promise<Run> {
    for (const end = performance.now() + PATIENCE_MS; ;) {
      const run = (await this.ask(`/v1/completeness/${kind}/${id}`)).body as Run;
      if (run.status === 'done' || run.status === 'failed') return run;
      if (performance.now() > end) throw new Error(`not ended: ${JSON.stringify(run)}`);
      await wait(20);
    }
  }

  async tasks(query = ''): Promise<Task[]> {
    return this.all<Task>(`/v1/completeness?limit=1000${query}`);
  }

  async missing(taskId: string, state = 'missing'): Promise<Entry[]> {
    return this.all<Entry>(`/v1/completeness/${taskId}/missing?limit=1000&state=${state}`);
  }

  /** The missing entries of all tasks. */
  async allMissing(state = 'missing'): Promise<Entry[]> {
    const entries = (await this.tasks()).map(({ taskId }) => this.missing(taskId, state));
    return (await Promise.all(entries)).flat();
  }

  private async run(kind: 'checks' | 'repairs', request: object): Promise<Run> {
    return this.ended(kind, await this.request(kind, request));
  }

  private async all<T>(path: string): Promise<T[]> {
    const entries: T[] = [];
    for (let cursor: string | null = null; ;) {
      const { status, body } = await this.ask(`${path}${cursor === null ? '' : `&cursor=${cursor}`}`);
      if (status !== 200) throw new Error(`${path}: ${JSON.stringify(body)}`);
      const page = body as { data: T[]; page: { nextCursor: string | null } };
      entries.push(...page.data);
      cursor = page.page.nextCursor;
      if (cursor === null) return entries;
    }
  }
}

/** What the simulated vendor knows of a run. */
export function vendorOf(campaign: CampaignOptions) {
  const factory = new CallFactory(campaign);
  const calls = Array.from({ length: campaign.calls }, (_, call) => call);
  const ofTask = (task: number) => calls.filter((call) => factory.taskOf(call) === task);
  return {
    factory,
    tasks: Array.from({ length: campaign.tasks }, (_, task) => ({
      taskId: factory.ids.taskId(task),
      calls: ofTask(task).length,
    })),
    unpushed: calls.filter((call) => !factory.isPushed(call)),
  };
}

export async function serveVendor(
  campaign: CampaignOptions,
  faults: Partial<ApiFaults> = {},
): Promise<VendorApiServer> {
  return VendorApiServer.listening(campaign, {
    port: 0,
    accessKey: ACCESS_KEY,
    faults: { ...NO_FAULTS, ...faults },
  });
}

/** Pushes a campaign, apart from the calls that are never pushed. */
export async function pushCampaign(
  url: string,
  campaign: CampaignOptions,
  token = PUSH_TOKEN,
): Promise<void> {
  const options = simulatorOptions(url, campaign, { token, apiKey: null, verify: false });
  const { tally } = await simulate(options, new SilentProgress(), new AbortController().signal);
  expect(tally.callsSettled).toBe(campaign.calls);
}
