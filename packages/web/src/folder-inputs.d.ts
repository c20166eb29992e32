import "react";

declare module "react" {
  interface InputHTMLAttributes<T> {
    /** Chooses whole folders; every browser has it, React's types have not. */
    readonly webkitdirectory?: string;
  }
}
