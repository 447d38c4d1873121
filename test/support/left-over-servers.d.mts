export function serversIn(folder: string): string[];
export function notedPid(data: string): number | undefined;
export function isServer(pid: number): Promise<boolean>;
export function endServersIn(folder: string): Promise<string[]>;
