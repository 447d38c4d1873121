// `npm test` takes a part of what is too much to be tried at each run, and another part at the next run. TEST_FORM=long tries all of it.

export const IS_LONG = process.env['TEST_FORM'] === 'long';
/** The same in all files of a run, which prints it. TEST_SEED repeats what a run has tried. */
const SEED = Number(process.env['TEST_SEED'] ?? 0);

/**
 * Every so many entries one; all of them in the long form. As many turns, one after the other, have all of them
 * together, and so have as many seeds.
 *
 * @param turn of a test among those that share the entries
 */
export function partOf<T>(all: readonly T[], parts: number, turn = 0): readonly T[] {
  return IS_LONG ? all : all.filter((_entry, index) => (index + turn + SEED) % parts === 0);
}
