// Two contents of a call in, what differs between them out.
import { stringifyExact } from '../../json/exact-numbers.js';
import { CALL_FIELDS } from './call-fields.js';
import type { FieldChange, CallContent } from './call.dto.js';

/** The fields that the later content has otherwise than the earlier one, in the order of a call's fields. */
export function changesBetween(before: CallContent, after: CallContent): FieldChange[] {
  const [old, current]: Readonly<Record<string, unknown>>[] = [{ ...before }, { ...after }];
  return CALL_FIELDS.map((field) => ({
    field,
    before: old?.[field] ?? null,
    after: current?.[field] ?? null,
  })).filter((change) => stringifyExact(change.before) !== stringifyExact(change.after));
}
