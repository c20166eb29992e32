import { Component, type ReactNode } from "react";

interface BoundaryProps {
  /** Stands in for what could not be drawn. */
  readonly instead: ReactNode;
  readonly children: ReactNode;
}

/**
 * Keeps a fault in what somebody wrote (a file, an announcement) from taking the whole page. Give it a `key` of what is
 * drawn in it: the next thing is tried anew.
 */
export class Boundary extends Component<BoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
