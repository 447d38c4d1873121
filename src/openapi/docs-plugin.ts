// What Swagger UI does more at /docs, in the browser.

/** Of Swagger UI's own store, which holds immutable maps. */
interface Stored {
  get(name: string): unknown;
  getIn(path: readonly string[]): unknown;
  delete(name: string): Stored;
  toJS(): unknown;
}

/** What Swagger UI gives to a plugin: https://github.com/swagger-api/swagger-ui/tree/HEAD/docs/customization */
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

/** The browser's. */
declare const sessionStorage: {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
};

/**
 * - A key that was entered is kept until its tab is closed. (Swagger UI itself would keep it for good, for all tabs.)
 * - Ids in the path of a question are filled in: the newest of those that the key may see.
 * - Errors are one line each: their form is the same everywhere, and the introduction shows it.
 *
 * Nest writes the text of this function into the page's script, so it uses nothing from outside of itself.
 */
export function docsPlugin(): Plugin {
  const place = 'call-ledger.docs';

  const keep: WrapAction = (_original, system) => () => {
    try {
      sessionStorage.setItem(place, JSON.stringify(system.authSelectors.authorized().toJS()));
    } catch {
      // The browser may be told to keep nothing.
    }
  };

  const restore: WrapAction = (original, system) => () => {
    original();
    try {
      const kept = sessionStorage.getItem(place);
      if (kept !== null) system.authActions.restoreAuthorization({ authorized: JSON.parse(kept) });
    } catch {
      // Then nothing was kept.
    }
  };

  /** The id of the first entry of the list that a parameter of a path is of. */
  async function newestId(system: System, template: string, filled: string, name: string): Promise<unknown> {
    const key = String(system.authSelectors.authorized().getIn(['apiKey', 'value']));
    const ofList = system.specSelectors.specJson().getIn(['paths', template, 'get', 'parameters']);
    // Of calls, ids alone: what else a list would show is not wanted, and showing it would be audited.
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
