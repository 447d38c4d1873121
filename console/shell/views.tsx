// The views: which path opens each, and where it stands in the navigation.
import type { ComponentChildren } from 'preact';
import { mayOpen, type ViewName } from '../api/access.js';
import type { TextName } from '../i18n/i18n.js';
import { AuditView } from '../views/audit/audit-view.js';
import { CallView } from '../views/call/call-view.js';
import { CallsView } from '../views/calls/calls-view.js';
import { DetailView } from '../views/campaigns/detail-view.js';
import { TaskView } from '../views/campaigns/task-view.js';
import { TasksView } from '../views/campaigns/tasks-view.js';
import { CompletenessView } from '../views/completeness/completeness-view.js';
import { MissingView } from '../views/completeness/missing-view.js';
import { DeliveriesView } from '../views/deliveries/deliveries-view.js';
import { DeliveryView } from '../views/deliveries/delivery-view.js';
import { DriftView } from '../views/deliveries/drift-view.js';
import { ErasuresView } from '../views/erasures/erasures-view.js';
import { FollowersView } from '../views/followers/followers-view.js';
import { WebhookView } from '../views/followers/webhook-view.js';
import { KeysView } from '../views/keys/keys-view.js';
import { OverviewView } from '../views/overview/overview-view.js';
import { EntryView } from '../views/quarantine/entry-view.js';
import { QuarantineView } from '../views/quarantine/quarantine-view.js';

export interface View {
  /** The first part of the path. */
  readonly name: ViewName;
  readonly title: TextName;
  /** Not in the navigation: others lead to it. The name of the view that it belongs to. */
  readonly within?: string;
  readonly list: () => ComponentChildren;
  readonly one?: (id: string) => ComponentChildren;
}

const VIEWS: readonly View[] = [
  { name: 'overview', title: 'nav.overview', list: () => <OverviewView /> },
  {
    name: 'tasks',
    title: 'nav.tasks',
    list: () => <TasksView />,
    one: (id) => <TaskView key={id} taskId={id} />,
  },
  {
    name: 'completeness',
    title: 'nav.completeness',
    list: () => <CompletenessView />,
    one: (id) => <MissingView key={id} taskId={id} />,
  },
  {
    name: 'calls',
    title: 'nav.calls',
    list: () => <CallsView />,
    one: (id) => <CallView key={id} callId={id} />,
  },
  {
    name: 'details',
    title: 'nav.calls',
    within: 'calls',
    list: () => <CallsView />,
    one: (id) => <DetailView key={id} detailId={id} />,
  },
  {
    name: 'deliveries',
    title: 'nav.deliveries',
    list: () => <DeliveriesView />,
    one: (id) => <DeliveryView key={id} id={id} />,
  },
  {
    name: 'quarantine',
    title: 'nav.quarantine',
    list: () => <QuarantineView />,
    one: (id) => <EntryView key={id} id={id} />,
  },
  {
    name: 'drift',
    title: 'nav.drift',
    list: () => <DriftView />,
  },
  {
    name: 'followers',
    title: 'nav.followers',
    list: () => <FollowersView />,
    one: (id) => <WebhookView key={id} id={id} />,
  },
  { name: 'keys', title: 'nav.keys', list: () => <KeysView /> },
  { name: 'audit', title: 'nav.audit', list: () => <AuditView /> },
  {
    name: 'erasures',
    title: 'nav.erasures',
    list: () => <ErasuresView />,
  },
];

/** Those that the key which is signed in may see. */
export function offered(): View[] {
  return VIEWS.filter(({ name }) => mayOpen(name));
}
