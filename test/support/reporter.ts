import Mocha from "mocha";

/** The usual report, closed by a line that machines read as well: `N passed, N failed`. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const { stats } = this;
    const done = this.done?.bind(this);
    this.done = (failures, finish) => {
      const close = (): void => {
        const skipped = stats.pending === 0 ? "" : `${stats.pending} skipped\n`;
        process.stdout.write(`${skipped}${stats.passes} passed, ${stats.failures} failed\n`, () =>
          finish?.(failures),
        );
      };
      if (done === undefined) close();
      else done(failures, close);
    };
  }
}
