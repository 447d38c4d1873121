// Ends a run with one line for each file of which tests were skipped, and the reason: what the file has printed after SKIPPED.

const MARK = 'SKIPPED: ';

export default class SkippedReporter {
  /** What each file has given as reasons, by its id. */
  reasons = new Map();

  onInit(vitest) {
    this.vitest = vitest;
  }

  onUserConsoleLog({ content, taskId }) {
    const entity = taskId === undefined ? undefined : this.vitest.state.getReportedEntityById(taskId);
    const file = entity?.module ?? entity;
    if (file === undefined) return;
    const found = content.split('\n').filter((line) => line.startsWith(MARK));
    const reasons = found.map((line) => line.slice(MARK.length));
    this.reasons.set(file.id, [...(this.reasons.get(file.id) ?? []), ...reasons]);
  }

  onTestRunEnd(modules) {
    // All others are skipped then, because somebody wants it so.
    if (this.vitest.config.testNamePattern !== undefined) return;
    const lines = modules.flatMap((module) => {
      const tests = [...module.children.allTests()];
      const skipped = tests.filter((test) => test.result().state === 'skipped');
      const reasons = this.reasons.get(module.id) ?? [];
      if (skipped.length + reasons.length === 0) return [];
      const names = skipped.map(({ fullName }) => fullName);
      const why = [...new Set(reasons.length > 0 ? reasons : names)].join('; ');
      return [`SKIPPED ${module.relativeModuleId} (${skipped.length} of ${tests.length} tests): ${why}`];
    });
    for (const line of lines.sort()) console.error(line);
  }
}
