import { lazy, Suspense } from "react";
import { storageWords } from "../locales/i18n.ts";
import type { HeldStorageProps } from "./held-storage.tsx";

const HeldStorage = lazy(async () => {
  const [module] = await Promise.all([import("./held-storage.tsx"), storageWords()]);
  return { default: module.HeldStorage };
});

/** What a person or a group has, on pages that do without storage's words otherwise. */
export function Held(props: HeldStorageProps) {
  return (
    <Suspense>
      <HeldStorage {...props} />
    </Suspense>
  );
}
