import { useTranslation } from "react-i18next";
import type { StorageSubject } from "../../api/storage.ts";

interface Said {
  /** In the reader's language; null: the server has no word for it. */
  readonly word: string | null;
  /** The server's own text, with names and figures: English. */
  readonly detail: string | null;
}

type Problem = Partial<Pick<StorageSubject, "problem" | "problem_code">>;
type Remark = Partial<Pick<StorageSubject, "remark" | "remark_code">>;

/** What is wrong with something, or worth knowing of it: by its code in the reader's language. */
export function useServerSaid(): (of: Problem & Remark) => Said {
  const { t } = useTranslation();
  return ({ problem = null, problem_code: code = null, remark = null, remark_code: remarkCode = null }) =>
    problem !== null
      ? { word: code === null ? null : t(`adminStorage.problem_${code}`), detail: problem }
      : { word: remarkCode === null ? null : t(`adminStorage.remark_${remarkCode}`), detail: remark };
}

/** The word, and the server's text below it as detail. */
export function ServerSaid({ of }: { of: Problem & Remark }) {
  const { word, detail } = useServerSaid()(of);
  return (
    <>
      {word !== null && <p>{word}</p>}
      {detail !== null && (
        <p dir="auto" className={word === null ? undefined : "quiet small"}>
          {detail}
        </p>
      )}
    </>
  );
}
