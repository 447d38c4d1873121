// What every test of the console in a browser needs: a ledger with calls, its database behind a proxy, a browser, and
// somebody in it.
import type { Browser } from 'playwright-core';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { launch } from './browser.js';
import { pushSample, type Sample } from './sample.js';
import { Visitor } from './visitor.js';

export interface Stage {
  readonly ledger: TestLedger;
  /** Before the database. */
  readonly proxy: TcpProxy;
  readonly browser: Browser;
  readonly sample: Sample;
  /** Signed in with the key that may do everything. */
  readonly visitor: Visitor;
  /** @throws Error when the page complained, or asked anybody else */
  leave(): Promise<void>;
}

/** @param callsADay of the sample */
export async function setStage(executable: string, callsADay: number): Promise<Stage> {
  const proxies: TcpProxy[] = [];
  const ledger = await startLedger({}, async (url) => {
    const proxy = await TcpProxy.before(Number(new URL(url).port));
    proxies.push(proxy);
    return proxy.through(url);
  });
  const [proxy] = proxies;
  if (proxy === undefined) throw new Error('the ledger asked for no database');
  const sample = await pushSample(ledger, callsADay);
  const browser = await launch(executable);
  const visitor = await Visitor.at(browser, ledger.url);
  await visitor.signIn(API_KEY);
  const leave = async () => {
    try {
      await visitor.leave();
    } finally {
      await browser.close();
      await ledger.stop();
      await proxy.refuse();
    }
  };
  return { ledger, proxy, browser, sample, visitor, leave };
}
