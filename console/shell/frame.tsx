// What stands around every view: the navigation, who is signed in, the preferences.
import { useEffect, useRef, useState } from 'preact/hooks';
import { may, session, signOut } from '../api/session.js';
import { t } from '../i18n/i18n.js';
import { route, to } from '../state/route.js';
import { travelFrom, travelTo } from '../state/travel.js';
import { visible } from '../text/visible.js';
import { Given } from '../ui/given.js';
import { Icon } from '../ui/icons.js';
import { Empty } from '../ui/states.js';
import { Boundary } from './boundary.js';
import { focusHeading } from './focus.js';
import { Outage } from './outage.js';
import { Preferences } from './preferences-bar.js';
import { SavedViews } from './saved-views.js';
import { SearchAnywhere } from './search-anywhere.js';
import { offered, type View } from './views.js';

/** @param takesFocus whether the view that it begins with is where somebody has come to */
export function Frame({ takesFocus }: { takesFocus: boolean }) {
  const views = offered();
  const [name = views[0]?.name, id] = route.value.path;
  const view = views.find((other) => other.name === name);
  const place = `${name ?? ''}/${id ?? ''}`;
  const hasCome = useRef(takesFocus);
  useEffect(() => {
    travelFrom([name ?? 'overview', ...route.value.path.slice(1)], route.value.query);
  }, [route.value]);
  useEffect(() => {
    document.title = `${view === undefined ? '' : `${t(view.title)} · `}Call Ledger`;
  });
  useEffect(() => {
    // Whoever does not see the page is told where they have come to.
    if (hasCome.current) focusHeading();
    hasCome.current = true;
  }, [place]);
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={skip}>
        {t('nav.skip')}
      </a>
      <Side place={place} views={views} current={view?.within ?? view?.name} />
      <main id="main" tabIndex={-1}>
        <Outage />
        {view === undefined ? (
          <Nowhere hasViews={views.length > 0} />
        ) : (
          <Boundary
            key={place}
            start={{ title: t(view.title), path: [view.name] }}
            address={JSON.stringify(route.value)}
          >
            <Shown view={view} id={id} />
          </Boundary>
        )}
      </main>
    </div>
  );
}

interface NavigationProps {
  readonly views: readonly View[];
  /** Name of the view that is shown. */
  readonly current: string | undefined;
}

/** Beside the view; on a small screen above it, closed until it is asked for, and when it has led somewhere. */
function Side({ place, ...navigation }: NavigationProps & { place: string }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    setOpen(false);
  }, [place]);
  const toggle = () => {
    setOpen(!isOpen);
  };
  return (
    <aside class={isOpen ? 'side side-open' : 'side'}>
      <div class="brand">
        <a href={to([])}>Call Ledger</a>
        <button
          type="button"
          class="button button-icon side-toggle"
          aria-expanded={isOpen}
          aria-controls="navigation"
          aria-label={t('nav.menu')}
          onClick={toggle}
        >
          <Icon name={isOpen ? 'close' : 'menu'} />
        </button>
      </div>
      <div class="side-body" id="navigation">
        <div>
          {may('calls:read') && <SearchAnywhere />}
          <Navigation {...navigation} />
          <SavedViews />
        </div>
        <Who />
      </div>
    </aside>
  );
}

/** A part of its own, so that what a view throws is caught around it. */
function Shown({ view: { list, one }, id }: { view: View; id: string | undefined }) {
  return <>{id === undefined || one === undefined ? list() : one(id)}</>;
}

/** The address after the # is the route's own. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Navigation({ views, current }: NavigationProps) {
  return (
    <nav aria-label={t('nav.label')}>
      <ul>
        {views
          .filter(({ within }) => within === undefined)
          .map(({ name, title }) => (
            <li key={name}>
              <a href={to([name], travelTo(name))} aria-current={name === current ? 'page' : undefined}>
                {t(title)}
              </a>
            </li>
          ))}
      </ul>
    </nav>
  );
}

function Who() {
  const { name = '', sources = null, scopes = [] } = session.value ?? {};
  return (
    <div class="who">
      <p class="who-name" title={visible(name)}>
        <Given text={name} />
      </p>
      {sources !== null && <p class="quiet small">{t('who.sources', { sources: sources.join(', ') })}</p>}
      {!scopes.includes('numbers:read') && <p class="quiet small">{t('who.masked')}</p>}
      <Preferences />
      <button type="button" class="button button-small" onClick={signOut}>
        <Icon name="out" /> {t('who.out')}
      </button>
    </div>
  );
}

function Nowhere({ hasViews }: { hasViews: boolean }) {
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.nowhere')}</h1>
      <Empty title={hasViews ? t('nav.nowhere.more') : t('nav.nothing')} />
    </>
  );
}
