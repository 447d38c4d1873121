export function signal(pid: number, name: NodeJS.Signals | 0): void;
export function isAlive(pid: number): boolean;
export function signalIfAlive(pid: number, name: NodeJS.Signals | 0): boolean;
