import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { partsQuery } from "../../../api/files.ts";
import { joined, whole } from "./use-text.ts";

const bytes = new TextEncoder().encode("سلام");
afterEach(() => vi.unstubAllGlobals());

test("a letter that two pieces share is whole, one that is still to come is left out", () => {
  const parts = [
    { bytes: bytes.slice(0, 3), etag: '"1"', size: 8 },
    { bytes: bytes.slice(3, 7), etag: '"1"', size: 8 },
  ];
  expect(joined(parts)).toEqual({
    content: "سلا",
    marked: false,
    version: '"1"',
    isText: true,
    read: 7,
    size: 8,
  });
});

test("bytes that are no text, hold a zero, or end within a letter, are none", () => {
  expect(joined([{ bytes: Uint8Array.of(0xff, 0xfe, 0x41), etag: null, size: 3 }]).isText).toBe(false);
  expect(joined([{ bytes: Uint8Array.of(0x41, 0), etag: null, size: 2 }]).isText).toBe(false);
  expect(joined([{ bytes: bytes.slice(0, 7), etag: null, size: 7 }]).isText).toBe(false);
});

test("pieces of two versions can't be saved over either", () => {
  const parts = ['"1"', '"2"'].map((etag) => ({ bytes, etag, size: 16 }));
  expect(joined(parts).version).toBeNull();
});

test("a text's mark is told, and is no part of it", () => {
  expect(joined(whole("\ufeffسلام", null).pages)).toMatchObject({ content: "سلام", marked: true, read: 11 });
});

test("what was saved is text and version of one answer", () => {
  expect(joined(whole("سلام", '"2"').pages)).toEqual({
    content: "سلام",
    marked: false,
    version: '"2"',
    isText: true,
    read: 8,
    size: 8,
  });
});

/** A server's file, which answers ranges as ours does. */
function serve(file: { text: string; etag: string }): void {
  vi.stubGlobal("document", { cookie: "" });
  vi.stubGlobal("location", { origin: "http://stoa.test" });
  vi.stubGlobal("fetch", async (_address: string, { method, headers, cache }: RequestInit) => {
    // The browser's own memory mixes up pieces of two versions.
    expect(cache).toBe("no-store");
    const all = new TextEncoder().encode(file.text);
    const facts = { etag: file.etag, "content-length": String(all.length) };
    if (method === "HEAD") return new Response(null, { headers: facts });
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(headers).get("range") ?? "") ?? [];
    const [start, end] = [Number(from), Math.min(Number(to), all.length - 1)];
    if (start > end) return new Response(null, { status: 416 });
    return new Response(all.slice(start, end + 1), {
      status: 206,
      headers: { ...facts, "content-range": `bytes ${start}-${end}/${all.length}` },
    });
  });
}

test("a file that grew is read to its new end, whatever length it had when it was opened", async () => {
  const file = { text: "# Notes\n", etag: '"1"' };
  serve(file);
  const client = new QueryClient();
  const options = partsQuery(1, "a.md", 100);
  const observer = new InfiniteQueryObserver(client, options);
  const stop = observer.subscribe(() => {});
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBeDefined());
  Object.assign(file, { text: "# Notes\nand a second line\n", etag: '"2"' });
  await client.resetQueries({ queryKey: options.queryKey });
  const { data, hasNextPage } = observer.getCurrentResult();
  expect(joined(data?.pages ?? [])).toMatchObject({ content: file.text, version: '"2"', read: 26, size: 26 });
  expect(hasNextPage).toBe(false);
  stop();
  client.clear();
});

test("an empty file has a version too, and a long one comes piece by piece", async () => {
  const file = { text: "", etag: '"1"' };
  serve(file);
  const client = new QueryClient();
  const empty = await client.fetchInfiniteQuery(partsQuery(1, "empty.md", 4));
  expect(joined(empty.pages)).toMatchObject({ content: "", version: '"1"', isText: true, read: 0, size: 0 });
  file.text = "0123456789";
  const first = await client.fetchInfiniteQuery({ ...partsQuery(1, "long.md", 4), pages: 3 });
  expect(first.pages.map(({ bytes: { length } }) => length)).toEqual([4, 4, 2]);
  client.clear();
});
