export interface Templates {
  readonly empty: string;
  readonly ledger: string;
}
export function urlOf(url: string, database: string): string;
export function onDatabase(url: string, ...statements: string[]): Promise<Record<string, unknown>[]>;
export function nodesOf(url: string): Promise<string[]>;
export function makeTemplates(
  nodes: string[],
  suffix: string,
  migrate: (url: string) => Promise<void>,
): Promise<Templates>;
export function dropDatabase(nodes: string[], name: string): Promise<void>;
export function cloneDatabase(nodes: string[], from: string, to: string): Promise<void>;
export function onNodes(nodes: string[], ...statements: string[]): Promise<void>;
export function dropTemplates(nodes: string[], templates: Templates): Promise<void>;
