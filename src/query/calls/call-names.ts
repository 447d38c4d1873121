// The names of a call's task and batch. They belong to the labels: the feed, webhooks and the history do not have them.
import type { RecordText } from '../../persistence/sql/record-text.js';
import { CALL_FIELDS, type CallField } from './call-fields.js';
import type { Labels } from '../labels/labels.service.js';

const NAME_FIELDS = ['taskName', 'batchName'] as const;
export type NameField = (typeof NAME_FIELDS)[number];
/** A field of the calls in lists and exports. */
export type ListedField = CallField | NameField;

export const LISTED_FIELDS: readonly ListedField[] = [...CALL_FIELDS, ...NAME_FIELDS];

/** The places of the ids in a call. Masking keeps ids as they are. */
const [TASK_ID, BATCH_ID] = [CALL_FIELDS.indexOf('taskId'), CALL_FIELDS.indexOf('batchId')];

export function isNameField(field: string): field is NameField {
  return NAME_FIELDS.some((name) => name === field);
}

/** Whether an answer with these fields has names; undefined: all fields. */
export function hasNames(fields: readonly string[] | undefined): boolean {
  return fields?.some(isNameField) ?? true;
}

/** How many of a call's values must be read for {@link idsOf}. */
export const UP_TO_IDS = Math.max(TASK_ID, BATCH_ID) + 1;

export function idsOf(call: RecordText): { taskId: string | null; batchId: string | null } {
  return { taskId: call.text(TASK_ID), batchId: call.text(BATCH_ID) };
}

/** Makes what reads the name of a call's task or batch. Calls without a task or batch have no name of one. */
export function nameReader(labels: Labels, field: NameField): (call: RecordText) => string | null {
  // The ids of a call take a twelfth of the time of an export.
  if (labels.isEmpty) return () => null;
  return (call) => {
    const { taskId, batchId } = idsOf(call);
    if (field === 'taskName') return (taskId ?? '') === '' ? null : labels.of(taskId).name;
    return (batchId ?? '') === '' ? null : labels.of(taskId, batchId).name;
  };
}
