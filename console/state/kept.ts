// What the browser keeps for the page. Where it is told to keep nothing, asking it throws: the page works without.

interface Keeping {
  /** Null: it has none, or may not say. */
  readonly get: (name: string) => string | null;
  readonly set: (name: string, value: string) => void;
  readonly remove: (name: string) => void;
}

/** For all tabs, for good. */
export const forGood = keepingIn(() => localStorage);
/** For this tab, until it is closed. */
export const forTab = keepingIn(() => sessionStorage);

/** @param storage throws where site data is blocked; full ones throw when something is set */
function keepingIn(storage: () => Storage): Keeping {
  const trying = <T>(what: () => T): T | undefined => {
    try {
      return what();
    } catch {
      return undefined;
    }
  };
  return {
    get: (name) => trying(() => storage().getItem(name)) ?? null,
    set: (name, value) => {
      trying(() => {
        storage().setItem(name, value);
      });
    },
    remove: (name) => {
      trying(() => {
        storage().removeItem(name);
      });
    },
  };
}
