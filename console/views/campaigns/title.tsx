import { Id } from '../../ui/bits.js';
import { Given } from '../../ui/given.js';

/** A campaign in a heading: its name, if it has one, and its id. */
export function Title({ taskId, name }: { taskId: string; name: string | null | undefined }) {
  if (name === null || name === undefined) return <Id id={taskId} />;
  return (
    <>
      <Given text={name} />{' '}
      <span class="quiet small">
        <Id id={taskId} />
      </span>
    </>
  );
}
