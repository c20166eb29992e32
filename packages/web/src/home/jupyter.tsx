import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { hubQuery } from "../api/hub.ts";
import { jupyterWords } from "../locales/i18n.ts";
import { RowsLoading } from "../pieces/rows-loading.tsx";

const HomeJupyter = lazy(async () => {
  const [module] = await Promise.all([import("../hub/home-jupyter.tsx"), jupyterWords()]);
  return { default: module.HomeJupyter };
});

/** The way into Jupyter; loaded only where there is a hub. */
export function Jupyter() {
  const { data } = useQuery(hubQuery);
  if (!data?.configured) return null;
  return (
    <Suspense fallback={<RowsLoading rows={1} height={110} />}>
      <HomeJupyter hub={data} />
    </Suspense>
  );
}
