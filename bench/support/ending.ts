// What was started in; all of it ended, newest first, however the run ends.

type Step = () => Promise<void> | void;

/** Ends what a run has started: at its end, after an error, and on Ctrl-C. */
export class Ending {
  private readonly steps: Step[] = [];
  private ending: Promise<void> | undefined;

  /** @returns the same step, to be taken early: it is taken once */
  add(step: Step): Step {
    let taken: Promise<void> | undefined;
    const once = () => (taken ??= Promise.resolve(step()));
    this.steps.push(once);
    return once;
  }

  all(): Promise<void> {
    this.ending ??= this.endAll();
    return this.ending;
  }

  /** The first signal ends everything in order, the second one the process alone. */
  onSignals(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.stderr.write(`\n${signal}: ending what was started\n`);
        void this.all().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
      });
    }
  }

  private async endAll(): Promise<void> {
    for (const step of this.steps.reverse()) {
      try {
        await step();
      } catch (error) {
        process.stderr.write(`could not end something: ${String(error)}\n`);
      }
    }
  }
}
