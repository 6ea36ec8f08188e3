import { Component, type ReactNode } from 'react';

interface ErrorBoundaryProps {
  /** What is shown instead of children that cannot be rendered or loaded. */
  readonly fallback: ReactNode;
  /** Another key tries again. */
  readonly resetKey: string;
  readonly children: ReactNode;
}

interface State {
  readonly hasFailed: boolean;
}

/** Keeps a failure within the page in which it happens: a page is never blank. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, State> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override componentDidUpdate({ resetKey }: ErrorBoundaryProps): void {
    const isOther = resetKey !== this.props.resetKey;
    if (this.state.hasFailed && isOther) this.setState({ hasFailed: false });
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.fallback : this.props.children;
  }
}
