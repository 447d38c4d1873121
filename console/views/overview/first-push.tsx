// An empty ledger: how the first push comes. The overview takes its place as soon as one has come.
import { useEffect } from 'preact/hooks';
import { SERVICE } from '../../api/client.js';
import { whileInSight } from '../../api/following.js';
import { t } from '../../i18n/i18n.js';
import { toLocal } from '../../time/local.js';
import { DAY_MS } from '../../time/units.js';
import { Head, Panel } from '../../ui/bits.js';
import { Copy } from '../../ui/copy.js';

const LOOK_EVERY_MS = 2000;

/** @param zone of the vendor's times @param again looks whether a push has come */
export function FirstPush({ zone, again }: { zone: string; again: () => void }) {
  useEffect(
    () =>
      whileInSight(document, (signal) => {
        const timer = setInterval(again, LOOK_EVERY_MS);
        signal.addEventListener('abort', () => {
          clearInterval(timer);
        });
      }),
    [again],
  );
  return (
    <>
      <Head title={t('nav.overview')} />
      <Panel title={t('first.title')}>
        <p class="waiting" role="status">
          <span class="waiting-dot" aria-hidden="true" /> {t('first.what')}
        </p>
        <ol class="steps">
          <Line title={t('first.url')} text={pushUrl('YOUR_PUSH_TOKEN')} note={t('first.token')} />
          <Line title={t('first.curl')} text={curlLine(zone)} />
          <Line title={t('first.simulate')} text={simulateLine(zone)} note={t('first.simulate.where')} />
        </ol>
      </Panel>
    </>
  );
}

function Line({ title, text, note }: { title: string; text: string; note?: string }) {
  return (
    <li>
      <p>
        <strong>{title}</strong>
      </p>
      <div class="copied">
        <pre tabIndex={0}>{text}</pre>
        <Copy text={text} label={t('first.copy', { what: title })} />
      </div>
      {note !== undefined && <p class="quiet small">{note}</p>}
    </li>
  );
}

function pushUrl(token: string): string {
  return new URL(`push/${token}/call-reports`, SERVICE).href;
}

const READ_TOKEN = `TOKEN=$(node -p 'JSON.parse(fs.readFileSync("data/credentials.json")).pushTokens.split("=")[1]')`;

/** A call of this minute: it is within the range that the overview begins with. */
function curlLine(zone: string): string {
  const at = (ago: number) =>
    `${toLocal(new Date(Date.now() - ago * 1000).toISOString(), zone).replace('T', ' ')}:00`;
  const record = {
    callId: 'call-0001',
    taskId: '2025060100001',
    batchId: 'batch-01',
    outId: 'CRM-1001',
    originateTime: at(120),
    startTime: at(120),
    endTime: at(60),
    duration: 60,
    statusCode: '200000',
    smartStatusCode: 'ANSWERED',
    caller: '13900000090',
    callee: '13900000000',
    hangupDirection: 'User',
  };
  return `${READ_TOKEN}\ncurl -X POST "${pushUrl('$TOKEN')}" -d '[${JSON.stringify(record)}]'`;
}

/** Campaigns begin a few days ago. */
function simulateLine(zone: string): string {
  const day = toLocal(new Date(Date.now() - 3 * DAY_MS).toISOString(), zone).slice(0, 10);
  return `npm run simulate -- --calls 1000 --first-day ${day} --url ${SERVICE.origin}`;
}
