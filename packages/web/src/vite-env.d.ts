declare module "virtual:theme.css";
declare module "@tabler/icons-react/dist/esm/icons/*.mjs" {
  import type { FunctionComponent, SVGProps } from "react";

  const icon: FunctionComponent<
    Omit<SVGProps<SVGSVGElement>, "stroke"> & { size?: number | string; stroke?: number | string }
  >;
  export default icon;
}
