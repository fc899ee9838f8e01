import { Component, type ReactNode } from 'react';
import i18next from 'i18next';
import { Button } from '../ui/Button';

/** A fault of our own code becomes a page with a way out. React has this for classes only. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError = () => ({ failed: true });

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="crashed">
        <h1>{i18next.t('errors.title')}</h1>
        <p>{i18next.t('errors.crashed')}</p>
        <Button onClick={() => window.location.reload()}>{i18next.t('errors.reload')}</Button>
      </main>
    );
  }
}
