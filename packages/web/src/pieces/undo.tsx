import { createContext, lazy, type ReactNode, Suspense, use, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../locales/error-text.ts";
import classes from "./undo.module.css";

export interface Offer {
  /** What was done. */
  readonly text: string;
  /** Where it went: a link. */
  readonly link?: ReactNode | undefined;
  undo(): Promise<unknown>;
}

const UndoBar = lazy(() => import("./undo-bar.tsx").then((module) => ({ default: module.UndoBar })));

const UndoContext = createContext<(offer: Offer) => void>(() => {});
const seconds = 10;

/** A deletion answers with an undo for ten seconds (longer while the pointer or the focus rests on it). */
export function UndoProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [offer, setOffer] = useState<Offer | null>(null);
  const [held, setHeld] = useState(false);
  const tell = useErrorText();
  const [problem, setProblem] = useState<string | null>(null);
  const [undoing, setUndoing] = useState(false);

  useEffect(() => {
    if (!offer || held || undoing) return;
    const timer = setTimeout(() => setOffer(null), seconds * 1000);
    return () => clearTimeout(timer);
  }, [offer, held, undoing]);

  const propose = useCallback((next: Offer) => {
    setProblem(null);
    setOffer(next);
  }, []);
  const handlers = useMemo(
    () => ({
      onPointerEnter: () => setHeld(true),
      onPointerLeave: () => setHeld(false),
      onFocus: () => setHeld(true),
      onBlur: () => setHeld(false),
    }),
    [],
  );
  const undo = async () => {
    setUndoing(true);
    try {
      await offer?.undo();
      setOffer(null);
    } catch (error) {
      setProblem(tell(error).text);
    } finally {
      setUndoing(false);
      setHeld(false);
    }
  };

  return (
    <UndoContext value={propose}>
      {children}
      <section className={classes.region} aria-live="polite" aria-label={t("undo.region")}>
        {offer && (
          <div {...handlers}>
            <Suspense>
              <UndoBar offer={offer} problem={problem} undoing={undoing} onUndo={() => void undo()} />
            </Suspense>
          </div>
        )}
      </section>
    </UndoContext>
  );
}

export const useUndo = () => use(UndoContext);
