/** Enough that writers of different calls seldom meet, few enough for the lock table of every server. */
const SLOTS = 256;

/** The lock slots of some keys, each once, in ascending order: everybody takes them in the same order. */
export function lockSlots(keys: readonly string[]): number[] {
  return [...new Set(keys.map(slotOf))].sort((a, b) => a - b);
}

/** FNV-1a over UTF-16 units: any spread that every process computes alike will do. */
function slotOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % SLOTS;
}
