import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiError } from "../../../api/api-error.ts";
import { type FilesOf, readRange } from "../../../api/files.ts";
import { nameOf } from "../file-path.ts";
import { imageType, isSvg } from "./preview-kind.ts";

/**
 * A picture of the workspace as an address that an image takes. Its bytes become a blob whose type is ours to say, one
 * of those that no browser runs anything of. SVG becomes a data address: as an image it runs nothing, and opened in a
 * tab of its own it belongs to no origin.
 * @param limit bytes; of a larger one nothing is shown
 */
export function useImageAddress(of: FilesOf, path: string, limit: number) {
  const [address, setAddress] = useState<string | null>(null);
  const type = imageType(path);
  const svg = isSvg(nameOf(path));
  const bytes = useQuery({
    queryKey: ["files", of, "image", path],
    queryFn: async ({ signal }) => {
      const { bytes: read } = await readRange(of, path, 0, limit + 1, signal);
      if (read.byteLength > limit) throw new ApiError({ status: 413, code: "too_large", message: "too large" });
      return read;
    },
    enabled: svg || type !== null,
    gcTime: 0,
  });
  const { data } = bytes;
  useEffect(() => {
    if (!data) return;
    if (svg) return setAddress(svgAddress(new TextDecoder().decode(data)));
    const made = URL.createObjectURL(new Blob([data], { type: type ?? "image/png" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [data, svg, type]);
  const failed = !svg && type === null ? "unknown" : bytes.isError && data === undefined ? bytes.error : null;
  return { address, failed, size: data?.byteLength ?? 0, retry: () => void bytes.refetch() };
}

/** @param source an SVG document */
export const svgAddress = (source: string): string => `data:image/svg+xml,${encodeURIComponent(source.toWellFormed())}`;
