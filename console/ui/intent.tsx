import { intentColour } from '../charts/colours.js';
import { Mark } from './bits.js';

/** What a person wanted, by the customer's own name, with the colour that it has in charts. */
export function IntentMark({ intent }: { intent: string }) {
  return (
    <Mark tone="plain" colour={intentColour(intent)}>
      {intent}
    </Mark>
  );
}
