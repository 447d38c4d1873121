import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In the folder of this run of the tests. */
const FILE = join(tmpdir(), 'openapi.json');

/**
 * The description of the service under test. It depends on no setting, so that the first test file that needs it
 * makes it, which takes half a second, and the others read it.
 */
export async function descriptionOnce(make: () => Promise<string>): Promise<string> {
  if (existsSync(FILE)) return readFileSync(FILE, 'utf8');
  const text = await make();
  // Others may do the same now.
  const own = `${FILE}.${process.pid}`;
  writeFileSync(own, text);
  renameSync(own, FILE);
  return text;
}
