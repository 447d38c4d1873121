// Alerts of a real Alertmanager with the sample configuration reach bots of DingTalk, Feishu and WeCom. Stand-ins for
// these check the form and the signature as their documents say.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { object, string } from '../contract/helpers.js';
import { removeFolder } from '../support/files.mjs';
import { freePort, statusOf, until } from '../support/service.js';

const SAMPLES = fileURLToPath(new URL('../../docker/alertmanager/', import.meta.url));
const SECRETS = { dingtalk: 'SEC-of-the-tests', feishu: 'secret-of-the-tests' };
const TOKEN = 'token-of-a-bot-of-the-tests';
const HOUR_MS = 3_600_000;
const ALERTMANAGER = 'prometheus-alertmanager';
const isThere = spawnSync(ALERTMANAGER, ['--version']).error === undefined;
if (!isThere) console.log(`SKIPPED: ${ALERTMANAGER} is not installed, so alerts are sent without it`);

/** A message that a stand-in took. */
interface Message {
  readonly bot: string;
  readonly text: string;
}

const folder = mkdtempSync(join(tmpdir(), 'call-ledger-bots-'));
const messages: Message[] = [];
/** So many requests are refused as too many. */
let tooMany = 0;
let refused = 0;
let groups: Server;
let bots: ChildProcess;
let output = '';
let botsUrl: string;

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('base64');
const isNow = (ms: number) => Math.abs(Date.now() - ms) < HOUR_MS;

/** What each bot answers: 200, whatever it thinks of the message. */
const STAND_INS: Record<
  string,
  (url: URL, body: Record<string, unknown>) => { text?: string; answer: object }
> = {
  '/robot/send': ({ searchParams }, body) => {
    const timestamp = searchParams.get('timestamp') ?? '';
    const isSigned = searchParams.get('sign') === hmac(SECRETS.dingtalk, `${timestamp}\n${SECRETS.dingtalk}`);
    if (!isSigned || !/^\d{13}$/.test(timestamp) || !isNow(Number(timestamp)))
      return { answer: { errcode: 310_000, errmsg: 'sign not match' } };
    if (searchParams.get('access_token') !== TOKEN || body['msgtype'] !== 'markdown')
      return { answer: { errcode: 40_035, errmsg: 'wrong parameters' } };
    const { title, text } = object(body['markdown']);
    return { text: `${string(title)}|${string(text)}`, answer: { errcode: 0, errmsg: 'ok' } };
  },
  [`/open-apis/bot/v2/hook/${TOKEN}`]: (_, { timestamp, sign, msg_type: type, content }) => {
    const isSigned = sign === hmac(`${string(timestamp)}\n${SECRETS.feishu}`, '');
    if (!isSigned || !/^\d{10}$/.test(string(timestamp)) || !isNow(Number(timestamp) * 1000))
      return { answer: { code: 19_021, msg: 'sign match fail or timestamp is not within one hour' } };
    if (type !== 'text') return { answer: { code: 9499, msg: 'Bad Request' } };
    return { text: string(object(content)['text']), answer: { code: 0, msg: 'success' } };
  },
  '/cgi-bin/webhook/send': ({ searchParams }, body) => {
    if (searchParams.get('key') !== TOKEN)
      return { answer: { errcode: 93_000, errmsg: 'invalid webhook url' } };
    const text = body['msgtype'] === 'markdown' ? string(object(body['markdown'])['content']) : '';
    if (text === '' || Buffer.byteLength(text) > 4096)
      return { answer: { errcode: 40_058, errmsg: 'markdown.content exceed max length 4096' } };
    return { text, answer: { errcode: 0, errmsg: 'ok' } };
  },
};
const NAMES = ['dingtalk', 'feishu', 'wecom'];

async function take(request: IncomingMessage): Promise<object> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  if (tooMany > 0) {
    tooMany -= 1;
    return { errcode: 130_101, errmsg: 'send too fast', code: 11_232 };
  }
  const index = Object.keys(STAND_INS).indexOf(url.pathname);
  const body = object(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  const { text, answer } = STAND_INS[url.pathname]?.(url, body) ?? { answer: { errcode: 404 } };
  if (text === undefined) refused += 1;
  else messages.push({ bot: NAMES[index] ?? '', text });
  return answer;
}

/** Starts bots.mjs, with secrets in files. */
async function startBots(
  port: number,
  groupsUrl: string,
  secrets: Record<string, string>,
): Promise<ChildProcess> {
  const env: Record<string, string> = { PATH: process.env['PATH'] ?? '', PORT: String(port) };
  const write = (name: string, text: string) => {
    const file = join(folder, `${port}-${name}`);
    writeFileSync(file, `${text}\n`, { mode: 0o600 });
    env[`${name}_FILE`] = file;
  };
  write('DINGTALK_WEBHOOK', `${groupsUrl}/robot/send?access_token=${TOKEN}`);
  write('FEISHU_WEBHOOK', `${groupsUrl}/open-apis/bot/v2/hook/${TOKEN}`);
  write('WECOM_WEBHOOK', `${groupsUrl}/cgi-bin/webhook/send?key=${TOKEN}`);
  for (const [name, secret] of Object.entries(secrets)) write(`${name.toUpperCase()}_SECRET`, secret);
  const child = spawn(process.execPath, [join(SAMPLES, 'bots.mjs')], { env });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until('the bots', async () => (await statusOf(`http://127.0.0.1:${port}/healthy`)) === 200);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}

beforeAll(async () => {
  groups = createServer((request, response) => {
    void take(request).then((answer) => response.end(JSON.stringify(answer)));
  });
  await once(groups.listen(0, '127.0.0.1'), 'listening');
  const port = await freePort();
  botsUrl = `http://127.0.0.1:${port}`;
  bots = await startBots(port, groupsUrl(), SECRETS);
});
afterAll(async () => {
  await end(bots);
  groups.close();
  groups.closeAllConnections();
  await removeFolder(folder);
  // Neither a URL with its token nor a secret.
  for (const secret of [TOKEN, ...Object.values(SECRETS)]) expect(output).not.toContain(secret);
});
beforeEach(() => {
  messages.length = 0;
  refused = 0;
});

const groupsUrl = () => `http://127.0.0.1:${(groups.address() as AddressInfo).port}`;
const textsOf = (bot: string) => messages.filter((message) => message.bot === bot).map(({ text }) => text);
const alertOf = (name: string, severity: string, summary: string) => ({
  labels: { alertname: name, severity, instance: '127.0.0.1:3000' },
  annotations: { summary, description: 'What it means.', runbook: `docs/runbook.md#${name.toLowerCase()}` },
});

function give(bot: string, alerts: readonly object[]): Promise<Response> {
  const common = { commonLabels: { alertname: 'CallLedgerDown' }, truncatedAlerts: 0 };
  const body = JSON.stringify({ status: 'firing', ...common, alerts });
  return fetch(`${botsUrl}/${bot}`, { method: 'POST', body });
}

describe('A message', () => {
  const firing = {
    status: 'firing',
    startsAt: '2025-06-01T02:00:00Z',
    ...alertOf('CallLedgerDown', 'page', 'A'),
  };

  it.each(NAMES)('is taken by %s, and calls nobody', async (bot) => {
    const alert = { ...firing, annotations: { summary: '<at user_id="all"></at> <@all>\n# down' } };
    expect((await give(bot, [alert])).status).toBe(200);
    expect(refused).toBe(0);
    const [text = ''] = textsOf(bot);
    expect(text).toContain('Call Ledger: FIRING CallLedgerDown (1)');
    expect(text).toContain('🔥 ‹at user_id="all"›‹/at› ‹@all› # down [page]');
  });

  it.each(NAMES)('of many alerts is cut for %s', async (bot) => {
    expect(
      (
        await give(
          bot,
          Array.from({ length: 200 }, () => firing),
        )
      ).status,
    ).toBe(200);
    expect(textsOf(bot)[0]).toMatch(/FIRING CallLedgerDown \(200\)[^]*… and more: see the Alertmanager$/);
  });

  it.each(NAMES)('that %s refuses is answered 502, so that it is tried again', async (bot) => {
    tooMany = 1;
    expect((await give(bot, [firing])).status).toBe(502);
    expect((await give(bot, [firing])).status).toBe(200);
    expect(textsOf(bot)).toHaveLength(1);
  });

  it('with a wrong secret is refused, as are those for bots that are not there', async () => {
    const port = await freePort();
    const other = await startBots(port, groupsUrl(), { dingtalk: 'wrong', feishu: 'wrong' });
    try {
      const statuses = await Promise.all(
        [...NAMES, 'none'].map(async (bot) => {
          const body = JSON.stringify({ status: 'firing', alerts: [firing] });
          return (await fetch(`http://127.0.0.1:${port}/${bot}`, { method: 'POST', body })).status;
        }),
      );
      expect(statuses).toEqual([502, 502, 200, 404]);
      expect((await fetch(`${botsUrl}/wecom`, { method: 'POST', body: 'no JSON' })).status).toBe(400);
    } finally {
      await end(other);
    }
  });
});

(isThere ? describe : describe.skip)('Alerts of an Alertmanager', () => {
  let alertmanager: ChildProcess;
  let url: string;
  let printed = '';

  beforeAll(async () => {
    const sample = readFileSync(join(SAMPLES, 'alertmanager.yml'), 'utf8');
    const config = sample
      .replaceAll('http://127.0.0.1:9095', botsUrl)
      .replace('group_wait: 30s', 'group_wait: 10ms')
      .replace('group_interval: 5m', 'group_interval: 3s');
    expect(config).not.toBe(sample);
    const home = join(folder, 'alertmanager');
    mkdirSync(home);
    writeFileSync(join(home, 'alertmanager.yml'), config);
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}`;
    alertmanager = spawn(
      ALERTMANAGER,
      [
        ...['--config.file=alertmanager.yml', '--storage.path=data', '--cluster.listen-address='],
        `--web.listen-address=${address}`,
      ],
      { cwd: home },
    );
    alertmanager.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await until(
      () => `the Alertmanager; it printed ${printed}`,
      async () => (await statusOf(`${url}/-/ready`)) === 200,
    );
  });
  afterAll(() => end(alertmanager));

  const raise = (alerts: readonly object[]) =>
    fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });

  it('reach all groups when they begin, although one is refused at first, and when they end', async () => {
    const alert = alertOf('CallLedgerVendorSilent', 'ticket', 'Nothing has come for 31m');
    tooMany = 2;
    expect((await raise([alert])).status).toBe(200);
    await until(
      () => `the alert in all groups: ${JSON.stringify(messages)}; ${printed}`,
      () => NAMES.every((bot) => textsOf(bot).length > 0),
    );
    for (const bot of NAMES) {
      const [text = ''] = textsOf(bot);
      for (const part of [
        'FIRING CallLedgerVendorSilent (1)',
        '🔥 Nothing has come for 31m [ticket]',
        'What it means.',
        'Do: docs/runbook.md#callledgervendorsilent',
      ])
        expect(text).toContain(part);
    }
    messages.length = 0;
    await raise([{ ...alert, endsAt: new Date().toISOString() }]);
    await until('the end in all groups', () => NAMES.every((bot) => textsOf(bot).length > 0));
    for (const bot of NAMES) expect(textsOf(bot)[0]).toContain('✅ Nothing has come for 31m [ticket]');
    expect(refused).toBe(0);
  });

  it('about a process that is down are told alone', async () => {
    await raise([alertOf('CallLedgerDown', 'page', 'It does not answer')]);
    await until('the alert', () => NAMES.every((bot) => textsOf(bot).length > 0));
    await raise([
      alertOf('CallLedgerAcksSlow', 'page', 'It is slow'),
      {
        ...alertOf('CallLedgerPushMissed', 'page', 'Elsewhere'),
        labels: { alertname: 'CallLedgerPushMissed' },
      },
    ]);
    await until('the other alert', () =>
      NAMES.every((bot) => textsOf(bot).some((text) => text.includes('Elsewhere'))),
    );
    expect(messages.filter(({ text }) => text.includes('It is slow'))).toEqual([]);
  });

  it('are configured as amtool wants it', () => {
    const { status, stdout } = spawnSync('amtool', ['check-config', join(SAMPLES, 'alertmanager.yml')], {
      encoding: 'utf8',
    });
    expect(stdout).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});
