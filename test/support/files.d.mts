export function filesIn(folder: string): string[];
export function unlessGone<T>(read: () => T): T | undefined;
export function removeFolder(folder: string): Promise<void>;
