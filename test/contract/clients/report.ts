/** What the programs with the generated clients found out. */
export interface Report {
  readonly exact: number;
  readonly callIds: readonly string[];
  readonly call: {
    readonly callId: string;
    readonly duration: number | null;
    readonly warnings: number;
  };
  readonly selected: object | undefined;
  readonly tasks: readonly {
    readonly taskId: string;
    readonly calls: number;
    readonly answerRate: number | null;
  }[];
  readonly quarantined: readonly { readonly reason: string; readonly status: string }[];
  readonly replay: { readonly dryRun: boolean; readonly examined: number; readonly replayed: number };
  readonly wrong: { readonly status: number | undefined; readonly path: string | undefined };
  readonly missing: { readonly status: number | undefined; readonly detail: string | undefined };
}

/** True when both types are the same, and neither is any. */
export type Exactly<Given, Expected> =
  (<Type>() => Type extends Given ? 1 : 2) extends <Type>() => Type extends Expected ? 1 : 2 ? true : false;
