export function signal(pid: number, name: NodeJS.Signals | 0): void;
export function isAlive(pid: number): boolean;
export function signalIfAlive(pid: number, name: NodeJS.Signals | 0): boolean;
export function childrenOf(pid: number): number[];
export function descendantsOf(pid: number): number[];
