// The fields of a call by which its statistics can be split, and their columns in call_rollups.

export const GROUP_FIELDS = [
  'source',
  'taskId',
  'batchId',
  'statusCode',
  'smartStatusCode',
  'hangupDirection',
] as const;
export type GroupField = (typeof GROUP_FIELDS)[number];

export const COLUMN_OF: Readonly<Record<GroupField, string>> = {
  source: 'source',
  taskId: 'task_id',
  batchId: 'batch_id',
  statusCode: 'status_code',
  smartStatusCode: 'smart_status_code',
  hangupDirection: 'hangup_direction',
};
