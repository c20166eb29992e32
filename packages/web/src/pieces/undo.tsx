import { createContext, lazy, type ReactNode, Suspense, use, useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./undo.module.css";

export interface Offer {
  /** What was done. */
  readonly text: string;
  /** Where it went: a link. */
  readonly link?: ReactNode | undefined;
  undo(): Promise<unknown>;
}

/** One that is to be seen. */
interface Shown {
  readonly key: number;
  readonly offer: Offer;
  /** It is being undone. */
  readonly isBusy: boolean;
}

const UndoBar = lazy(() => import("./undo-bar.tsx").then((module) => ({ default: module.UndoBar })));

const UndoContext = createContext<(offer: Offer) => void>(() => {});

/**
 * A deletion answers with an undo, until the next one does: but what is just being undone stays until it is, beside what
 * came meanwhile.
 */
export function UndoProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [all, setAll] = useState<readonly Shown[]>([]);
  const keys = useRef(0);
  const propose = useCallback((offer: Offer) => {
    const next = { key: keys.current++, offer, isBusy: false };
    setAll((before) => [...before.filter(({ isBusy }) => isBusy), next]);
  }, []);
  const remove = useCallback((gone: number) => setAll((before) => before.filter(({ key }) => key !== gone)), []);
  const note = useCallback((of: number, isBusy: boolean) => {
    setAll((before) => before.map((one) => (one.key === of ? { ...one, isBusy } : one)));
  }, []);
  return (
    <UndoContext value={propose}>
      {children}
      <section className={classes.region} aria-live="polite" aria-label={t("undo.region")}>
        <Suspense>
          {all.map(({ key, offer, isBusy }) => (
            <UndoBar
              key={key}
              offer={offer}
              isBusy={isBusy}
              onBusy={(now) => note(key, now)}
              onGone={() => remove(key)}
            />
          ))}
        </Suspense>
      </section>
    </UndoContext>
  );
}

export const useUndo = () => use(UndoContext);
