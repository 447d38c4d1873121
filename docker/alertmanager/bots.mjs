// Gives the alerts of an Alertmanager to bots of groups in DingTalk, Feishu and WeCom. For Node.js 20 or newer, without
// packages. README.md says how to run it.
import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { HOST = '127.0.0.1', PORT = '9095' } = process.env;
const MOST_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** How each wants its messages: the most bytes of a text, where the signature is, and how it says that all is well. */
const BOTS = {
  dingtalk: {
    mostBytes: 16_000,
    request({ title, text }, url, secret) {
      const signed = new URL(url);
      if (secret !== undefined) {
        const timestamp = String(Date.now());
        signed.searchParams.set('timestamp', timestamp);
        signed.searchParams.set('sign', hmac(secret, `${timestamp}\n${secret}`));
      }
      // Markdown there needs two line ends for a new line.
      return {
        url: signed,
        body: { msgtype: 'markdown', markdown: { title, text: text.replaceAll('\n', '\n\n') } },
      };
    },
    isTaken: ({ errcode }) => errcode === 0,
  },
  feishu: {
    mostBytes: 16_000,
    request({ text }, url, secret) {
      const body = { msg_type: 'text', content: { text } };
      if (secret === undefined) return { url, body };
      const timestamp = String(Math.floor(Date.now() / 1000));
      // Here the text is the key, and nothing is signed with it.
      return { url, body: { timestamp, sign: hmac(`${timestamp}\n${secret}`, ''), ...body } };
    },
    isTaken: ({ code, StatusCode }) => (code ?? StatusCode) === 0,
  },
  wecom: {
    mostBytes: 4000,
    request: ({ text }, url) => ({ url, body: { msgtype: 'markdown', markdown: { content: text } } }),
    isTaken: ({ errcode }) => errcode === 0,
  },
};

function hmac(key, text) {
  return createHmac('sha256', key).update(text).digest('base64');
}

/** A setting, or what is in the file that it names with `_FILE`. */
function setting(name) {
  const file = process.env[`${name}_FILE`];
  const value = file === undefined ? process.env[name] : readFileSync(file, 'utf8');
  return value?.trim() || undefined;
}

const configured = Object.entries(BOTS).flatMap(([name, bot]) => {
  const url = setting(`${name.toUpperCase()}_WEBHOOK`);
  return url === undefined ? [] : [[name, { ...bot, url, secret: setting(`${name.toUpperCase()}_SECRET`) }]];
});
const bots = new Map(configured);
if (bots.size === 0) {
  console.error(
    'Set DINGTALK_WEBHOOK_FILE, FEISHU_WEBHOOK_FILE or WECOM_WEBHOOK_FILE: a file with the URL of the bot.',
  );
  process.exit(1);
}

/** What alerts say, in lines. Lines beyond the limit are left out. */
function messageOf({ status, alerts = [], truncatedAlerts = 0, commonLabels = {} }, mostBytes) {
  const name = commonLabels.alertname ?? 'alerts';
  const title = `Call Ledger: ${status === 'resolved' ? 'RESOLVED' : 'FIRING'} ${name} (${alerts.length + truncatedAlerts})`;
  const lines = alerts.flatMap(({ status: one, labels = {}, annotations = {}, startsAt, endsAt }) => [
    `${one === 'resolved' ? '✅' : '🔥'} ${annotations.summary ?? labels.alertname} [${labels.severity ?? '-'}]`,
    ...(one === 'resolved' ? [`ended ${endsAt}`] : [annotations.description, `since ${startsAt}`]),
    ...(one === 'resolved' || annotations.runbook === undefined ? [] : [`Do: ${annotations.runbook}`]),
  ]);
  const end = '… and more: see the Alertmanager';
  let text = plain(title);
  let isCut = false;
  for (const line of lines.filter((one) => one !== undefined && one !== '').map(plain)) {
    isCut ||= Buffer.byteLength(`${text}\n${line}\n${end}`) > mostBytes;
    if (!isCut) text += `\n${line}`;
  }
  return { title: plain(title), text: isCut || truncatedAlerts > 0 ? `${text}\n${end}` : text };
}

/** A label must not call people (`<at user_id="all">`, `<@all>`), or make several lines. */
function plain(line) {
  return line.replaceAll('<', '‹').replaceAll('>', '›').replaceAll(/\s+/g, ' ');
}

/** @throws Error if the bot has not taken the message. It never names the URL, which is a secret. */
async function send(bot, alerts) {
  const { url, body } = bot.request(messageOf(alerts, bot.mostBytes), bot.url, bot.secret);
  let response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new Error(`no answer (${error.cause?.code ?? error.name})`, { cause: error });
  }
  const text = await response.text();
  let answer = {};
  try {
    answer = JSON.parse(text);
  } catch {
    // Its status tells it.
  }
  // All three answer 200 to what they refuse.
  if (response.status !== 200 || !bot.isTaken(answer))
    throw new Error(`refused: ${response.status} ${text.slice(0, 200)}`);
}

async function bodyOf(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

createServer(async (request, response) => {
  const name = (request.url ?? '').slice(1);
  const bot = bots.get(name);
  if (request.url === '/healthy') return response.end('ok\n');
  if (request.method !== 'POST' || bot === undefined)
    return response.writeHead(404).end(`${name} is not configured\n`);
  let alerts;
  try {
    alerts = await bodyOf(request);
  } catch (error) {
    return response.writeHead(400).end(`${error.message}\n`);
  }
  try {
    await send(bot, alerts);
    console.log(`${name}: ${alerts.status}, ${alerts.alerts?.length ?? 0} alerts`);
    response.end('ok\n');
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    // The Alertmanager tries again.
    response.writeHead(502).end(`${error.message}\n`);
  }
}).listen(Number(PORT), HOST, () => console.log(`listening, for ${[...bots.keys()].join(', ')}`));
