import { Component, type ComponentChildren } from 'preact';
import { t } from '../i18n/i18n.js';
import { to } from '../state/route.js';
import { Icon } from '../ui/icons.js';

interface BoundaryProps {
  /** Where the view begins, without filters: that it can show most likely. */
  readonly start: { readonly title: string; readonly path: readonly string[] };
  /** All of the address: when it changes, the view is tried anew. */
  readonly address: string;
  readonly children: ComponentChildren;
}

interface BoundaryState {
  readonly error?: unknown;
}

/** Around a view: one that throws while it is drawn leaves the navigation, and a way on. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = {};

  override componentDidCatch(error: unknown): void {
    // Whoever looks into the browser's console finds where.
    reportError(error);
    this.setState({ error });
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (before.address !== this.props.address) this.forget();
  }

  override render() {
    const { error } = this.state;
    return error === undefined ? this.props.children : this.told(error);
  }

  private readonly forget = (): void => {
    if (this.state.error !== undefined) this.setState({ error: undefined });
  };

  private told(error: unknown) {
    const { start } = this.props;
    return (
      <>
        <h1 tabIndex={-1}>{t('broken.title')}</h1>
        <div class="note note-bad" role="alert">
          <Icon name="warning" />
          <div>
            <p>{t('broken.what')}</p>
            <p>
              <code>{String(error)}</code>
            </p>
            <div class="actions">
              <button type="button" class="button" onClick={this.forget}>
                {t('action.again')}
              </button>
              <a class="button" href={to(start.path)}>
                {t('broken.back', { view: start.title })}
              </a>
            </div>
          </div>
        </div>
      </>
    );
  }
}
