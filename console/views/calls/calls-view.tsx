// Calls by their filters, which stand in the address; the newest first, page by page.
import { answerOf, api } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { route } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { Head } from '../../ui/bits.js';
import { Pager } from '../../ui/pager.js';
import { RangePicker } from '../../ui/range-picker.js';
import { Empty, Shown } from '../../ui/states.js';
import { CallTable } from './call-table.js';
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
  return (
    <>
      <Head title={t('nav.calls')}>
        <RangePicker query={query} />
        <Export query={query} />
      </Head>
      <SearchBox />
      <Filters query={query} />
      <Shown asked={asked} lines={12}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t('calls.none')}>{t('calls.none.more')}</Empty>
          ) : (
            <CallTable calls={data} label={t('nav.calls')} />
          )
        }
      </Shown>
      <Pager of={asked.data} />
    </>
  );
}
