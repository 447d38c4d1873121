// Calls by their filters, which stand in the address; the newest first, page by page.
import { useEffect } from 'preact/hooks';
import { answerOf, api } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { type Query, route } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { leaveTrail } from '../../state/trail.js';
import { Head } from '../../ui/bits.js';
import { Pager } from '../../ui/pager.js';
import { RangePicker } from '../../ui/range-picker.js';
import { Empty, Shown } from '../../ui/states.js';
import { Table } from '../../ui/table.js';
import { callColumns, ColumnChoice } from './call-columns.js';
import { CallCount } from './call-count.js';
import { selectionOf } from './call-filters.js';
import { Export } from './export.js';
import { Filters } from './filters.js';
import { SearchBox } from './search-box.js';

const A_PAGE = 50;

export function CallsView() {
  const { query } = route.value;
  const { cursor } = query;
  const key = JSON.stringify([query, timeZone.value]);
  const asked = useAsk(`calls ${key}`, (signal) => {
    const page = { limit: A_PAGE, ...(cursor !== undefined && { cursor }) };
    return answerOf(api.GET('/v1/calls', { params: { query: { ...selectionOf(query), ...page } }, signal }));
  });
  const calls = asked.data?.data;
  useEffect(() => {
    if (calls !== undefined) leaveTrail(calls.map(({ callId }) => callId));
  }, [calls]);
  return (
    <>
      <Head title={t('nav.calls')}>
        <RangePicker query={query} />
        <ColumnChoice />
        <Export query={query} />
      </Head>
      <SearchBox />
      <Filters query={query} />
      <CallCount query={query} />
      <Shown asked={asked} lines={12}>
        {({ data }) =>
          data.length === 0 ? (
            <None query={query} />
          ) : (
            <Table
              label={t('nav.calls')}
              rows={data}
              columns={callColumns()}
              keyOf={({ callId }) => callId}
            />
          )
        }
      </Shown>
      <Pager of={asked.data} />
    </>
  );
}

function None({ query }: { query: Query }) {
  const isAll = Object.keys(query).length === 0;
  return <Empty title={t('calls.none')}>{t(isAll ? 'calls.none.yet' : 'calls.none.more')}</Empty>;
}
