export function serversIn(folder: string): Iterable<string>;
export function endServersIn(folder: string): Promise<string[]>;
