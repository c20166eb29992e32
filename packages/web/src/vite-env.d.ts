declare module "virtual:theme.css";
declare module "*.json?part=first" {
  const words: { readonly [key: string]: string | typeof words };
  export default words;
}
declare module "*.json?part=operators" {
  const words: { readonly [key: string]: string | typeof words };
  export default words;
}
declare module "*.json?part=rest" {
  const words: { readonly [key: string]: string | typeof words };
  export default words;
}
declare module "*.json?part=storage" {
  const words: { readonly [key: string]: string | typeof words };
  export default words;
}
declare module "@tabler/icons-react/dist/esm/icons/*.mjs" {
  import type { FunctionComponent, SVGProps } from "react";

  const icon: FunctionComponent<
    Omit<SVGProps<SVGSVGElement>, "stroke"> & { size?: number | string; stroke?: number | string }
  >;
  export default icon;
}
declare module "*.json?part=past" {
  const words: { readonly [key: string]: string | typeof words };
  export default words;
}

declare module "*.json?part=jupyter" {
  const words: { readonly [key: string]: string | typeof words };
  export default words;
}

declare module "*.json?part=webhooks" {
  const words: { readonly [key: string]: string | typeof words };
  export default words;
}

declare module "*.json?part=account" {
  const words: { readonly [key: string]: string | typeof words };
  export default words;
}

declare module "*.json?part=opened" {
  const words: { readonly [key: string]: string | typeof words };
  export default words;
}

declare module "*.json?part=palette" {
  const words: { readonly [key: string]: string | typeof words };
  export default words;
}
