// What became of the tests, by their runner's own result. `node scripts/test-counts.mjs <file>` prints it as CI's last line.
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/**
 * @param {string} path of the runner's result
 * @returns {{ total: number, passed: number, failed: number, skipped: number }} a file that failed as a whole counts as a test that failed
 */
export function countsIn(path) {
  const result = JSON.parse(readFileSync(path, 'utf8'));
  const { numTotalTests, numPassedTests, numFailedTests, numPendingTests, success, testResults } = result;
  const isWhole = ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
  const failed = numFailedTests + testResults.filter(isWhole).length;
  return {
    total: numTotalTests,
    passed: numPassedTests,
    // No tests at all, or an error outside of all tests, fail the run.
    failed: failed === 0 && !success ? 1 : failed,
    skipped: numPendingTests,
  };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = countsIn(argv[2]);
  console.log(`tests: ${passed} passed, ${failed} failed`);
}
