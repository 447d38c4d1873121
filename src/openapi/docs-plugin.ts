// A plugin for Swagger UI at /docs. It runs in the browser.

/** A value of Swagger UI's store, which holds immutable maps. */
interface Stored {
  get(name: string): unknown;
  getIn(path: readonly string[]): unknown;
  delete(name: string): Stored;
  toJS(): unknown;
}

/**
 * The part of the plugin system that is used here:
 * https://github.com/swagger-api/swagger-ui/tree/HEAD/docs/customization
 */
interface System {
  readonly React: {
    createElement(component: unknown, props: object | null, ...children: readonly unknown[]): unknown;
    useEffect(effect: () => void, changes: readonly unknown[]): void;
  };
  readonly authSelectors: { authorized(): Stored };
  readonly authActions: { restoreAuthorization(kept: { readonly authorized: unknown }): void };
  readonly specSelectors: {
    specJson(): Stored;
    parameterWithMetaByIdentity(pathMethod: readonly string[], parameter: Stored): Stored;
  };
  readonly specActions: {
    changeParamByIdentity(pathMethod: readonly string[], parameter: Stored, value: string): void;
  };
}

interface ParametersProps {
  readonly pathMethod: readonly [path: string, method: string];
  readonly parameters: Iterable<Stored>;
  readonly tryItOutEnabled: boolean;
}

interface ResponseProps {
  readonly code: string;
  readonly response: Stored;
}

type Wrap<Props> = (original: unknown, system: System) => (props: Props) => unknown;
type WrapAction = (original: () => void, system: System) => () => void;

interface Plugin {
  readonly statePlugins: Readonly<
    Record<string, { readonly wrapActions: Readonly<Record<string, WrapAction>> }>
  >;
  readonly wrapComponents: {
    readonly parameters: Wrap<ParametersProps>;
    readonly response: Wrap<ResponseProps>;
    readonly headers: Wrap<object>;
  };
}

/** The browser's session storage. */
declare const sessionStorage: {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
};

/**
 * - It keeps an entered key until the tab is closed. (Swagger UI itself would keep it without end, for all tabs.)
 * - It fills in ids in the path of a request: the newest id that the key may see.
 * - It shows each error in one line. The form of errors is the same everywhere, and the introduction shows it.
 *
 * The text of this function becomes part of the page's script, so it uses nothing from outside of itself.
 */
// eslint-disable-next-line max-lines-per-function -- its text is the page's script, and must hold all it uses
export function docsPlugin(): Plugin {
  const place = 'call-ledger.docs';

  const keep: WrapAction = (_original, system) => () => {
    try {
      sessionStorage.setItem(place, JSON.stringify(system.authSelectors.authorized().toJS()));
    } catch {
      // The browser may be set to store nothing. Then the key is lost at the next load.
    }
  };

  const restore: WrapAction = (original, system) => () => {
    original();
    try {
      const kept = sessionStorage.getItem(place);
      if (kept !== null) system.authActions.restoreAuthorization({ authorized: JSON.parse(kept) });
    } catch {
      // The browser may be set to store nothing. Then there is no key.
    }
  };

  /** Asks for the list that a path parameter's id comes from, and returns the id of its first entry. */
  async function newestId(system: System, template: string, filled: string, name: string): Promise<unknown> {
    const key = String(system.authSelectors.authorized().getIn(['apiKey', 'value']));
    const ofList = system.specSelectors.specJson().getIn(['paths', template, 'get', 'parameters']);
    // Where a list takes `fields`, only ids are asked for: showing more would be recorded in the audit.
    const fields = JSON.stringify(ofList ?? []).includes('"name":"fields"') ? `&fields=${name}` : '';
    const separator = filled.includes('?') ? '&' : '?';
    const answer = await fetch(`${filled}${separator}limit=1${fields}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    if (!answer.ok) return undefined;
    const { data = [] } = (await answer.json()) as { data?: Record<string, unknown>[] };
    return data[0]?.[name];
  }

  async function fillIds(system: System, { pathMethod, parameters }: ParametersProps): Promise<void> {
    const [path] = pathMethod;
    let filled = path;
    for (const parameter of parameters) {
      if (parameter.get('in') !== 'path') continue;
      const name = String(parameter.get('name'));
      const given = system.specSelectors.parameterWithMetaByIdentity(pathMethod, parameter).get('value');
      const [template = ''] = path.split(`/{${name}}`);
      const [ofPath = ''] = filled.split(`/{${name}}`);
      const named = parameter.get('x-ids-from');
      const list = typeof named === 'string' ? named : ofPath;
      const id = given ?? (await newestId(system, template, list, name));
      if (typeof id !== 'string') return;
      if (given === undefined) system.specActions.changeParamByIdentity(pathMethod, parameter, id);
      filled = filled.replace(`{${name}}`, encodeURIComponent(id));
    }
  }

  const parameters: Wrap<ParametersProps> = (original, system) => (props) => {
    const key = system.authSelectors.authorized().getIn(['apiKey', 'value']);
    system.React.useEffect(() => {
      if (props.tryItOutEnabled && key !== undefined && props.pathMethod[1] === 'get')
        void fillIds(system, props);
    }, [props.tryItOutEnabled, key]);
    return system.React.createElement(original, props);
  };

  const response: Wrap<ResponseProps> = (original, system) => (props) => {
    const isError = /^[45]/.test(props.code);
    const shown = isError ? props.response.delete('headers').delete('content') : props.response;
    return system.React.createElement(original, { ...props, response: shown });
  };

  const headers: Wrap<object> =
    (original, { React }) =>
    (props) =>
      React.createElement(
        'details',
        null,
        React.createElement('summary', null, 'Headers'),
        React.createElement(original, props),
      );

  return {
    statePlugins: {
      auth: { wrapActions: { persistAuthorizationIfNeeded: keep } },
      configs: { wrapActions: { loaded: restore } },
    },
    wrapComponents: { parameters, response, headers },
  };
}
