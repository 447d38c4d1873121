import { resultLabel, useCodes } from '../api/results.js';
import { resultColour } from '../charts/colours.js';
import { t } from '../i18n/i18n.js';
import { Mark } from './bits.js';

/** What became of a call, with the colour that it has in charts. */
export function Result({ code, isAnswered }: { code: string | null; isAnswered: boolean }) {
  const codes = useCodes();
  return (
    <Mark tone={isAnswered ? 'good' : 'plain'} colour={resultColour(code)}>
      {resultLabel(codes, code, t(isAnswered ? 'calls.answered' : 'result.none'))}
    </Mark>
  );
}
