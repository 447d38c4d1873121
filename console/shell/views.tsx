// The views: which path opens each, what a key must be allowed for it, and where it stands in the navigation.
import type { ComponentChildren } from 'preact';
import { may, type Scope, seesAll } from '../api/session.js';
import type { TextName } from '../i18n/i18n.js';
import { AuditView } from '../views/audit/audit-view.js';
import { CallView } from '../views/call/call-view.js';
import { CallsView } from '../views/calls/calls-view.js';
import { DetailView } from '../views/campaigns/detail-view.js';
import { TaskView } from '../views/campaigns/task-view.js';
import { TasksView } from '../views/campaigns/tasks-view.js';
import { DeliveriesView } from '../views/deliveries/deliveries-view.js';
import { DeliveryView } from '../views/deliveries/delivery-view.js';
import { DriftView } from '../views/deliveries/drift-view.js';
import { ErasuresView } from '../views/erasures/erasures-view.js';
import { KeysView } from '../views/keys/keys-view.js';
import { OverviewView } from '../views/overview/overview-view.js';
import { EntryView } from '../views/quarantine/entry-view.js';
import { QuarantineView } from '../views/quarantine/quarantine-view.js';

export interface View {
  /** The first part of the path. */
  readonly name: string;
  readonly title: TextName;
  /** Of which a key needs one. */
  readonly scopes: readonly Scope[];
  /** Whether it is of all sources, which a key limited to some may not see. */
  readonly isOfAll?: boolean;
  /** Not in the navigation: others lead to it. The name of the view that it belongs to. */
  readonly within?: string;
  readonly list: () => ComponentChildren;
  readonly one?: (id: string) => ComponentChildren;
}

export const VIEWS: readonly View[] = [
  { name: 'overview', title: 'nav.overview', scopes: ['stats:read'], list: () => <OverviewView /> },
  {
    name: 'tasks',
    title: 'nav.tasks',
    scopes: ['stats:read'],
    list: () => <TasksView />,
    one: (id) => <TaskView key={id} taskId={id} />,
  },
  {
    name: 'calls',
    title: 'nav.calls',
    scopes: ['calls:read'],
    list: () => <CallsView />,
    one: (id) => <CallView key={id} callId={id} />,
  },
  {
    name: 'details',
    title: 'nav.calls',
    scopes: ['calls:read'],
    within: 'calls',
    list: () => <CallsView />,
    one: (id) => <DetailView key={id} detailId={id} />,
  },
  {
    name: 'deliveries',
    title: 'nav.deliveries',
    scopes: ['deliveries:read'],
    list: () => <DeliveriesView />,
    one: (id) => <DeliveryView key={id} id={id} />,
  },
  {
    name: 'quarantine',
    title: 'nav.quarantine',
    scopes: ['quarantine:manage'],
    list: () => <QuarantineView />,
    one: (id) => <EntryView key={id} id={id} />,
  },
  {
    name: 'drift',
    title: 'nav.drift',
    scopes: ['deliveries:read'],
    isOfAll: true,
    list: () => <DriftView />,
  },
  { name: 'keys', title: 'nav.keys', scopes: ['keys:manage'], list: () => <KeysView /> },
  { name: 'audit', title: 'nav.audit', scopes: ['audit:read'], isOfAll: true, list: () => <AuditView /> },
  {
    name: 'erasures',
    title: 'nav.erasures',
    scopes: ['privacy:erase'],
    isOfAll: true,
    list: () => <ErasuresView />,
  },
];

/** Those that the key which is signed in may see. */
export function offered(): View[] {
  return VIEWS.filter(({ scopes, isOfAll = false }) => may(...scopes) && (!isOfAll || seesAll()));
}
