import { describe, expect, test } from "vitest";
import { ApiError, asApiError, errorFrom } from "./api-error.ts";

describe("errorFrom", () => {
  test("reads problem details", () => {
    const body = {
      type: "about:blank",
      title: "Forbidden",
      status: 403,
      detail: "Reload the page.",
      code: "csrf",
      request_id: "r1",
      details: { needs: "x" },
    };
    const error = errorFrom(403, body, null);
    expect(error).toMatchObject({ status: 403, code: "csrf", message: "Reload the page.", requestId: "r1" });
    expect(error.details).toEqual({ needs: "x" });
  });

  test("reads what is wrong with which field", () => {
    const errors = [
      { field: "label", message: "too long" },
      { field: "label", message: "second" },
      { nonsense: 1 },
      null,
    ];
    expect(errorFrom(400, { detail: "x", errors }, null).fields).toEqual({ label: "too long" });
  });

  test("reads contract 3's envelope", () => {
    const error = errorFrom(400, { success: false, message: "Missing required fields." }, "r2");
    expect(error).toMatchObject({ code: "invalid", message: "Missing required fields.", requestId: "r2" });
  });

  test("reads contract 2's detail", () => {
    expect(errorFrom(422, { detail: "رمز عبور باید حداقل 8 کاراکتر باشد" }, null)).toMatchObject({
      code: "unprocessable",
      message: "رمز عبور باید حداقل 8 کاراکتر باشد",
      requestId: null,
    });
  });

  test.each([undefined, null, "<html>", 7, []])("makes something of %j", (body) => {
    expect(errorFrom(502, body, null)).toMatchObject({ status: 502, code: "defect", message: "HTTP 502" });
  });

  test("says what is worth another try", () => {
    expect(errorFrom(503, {}, null).transient).toBe(true);
    expect(errorFrom(404, {}, null).transient).toBe(false);
  });
});

describe("asApiError", () => {
  test("keeps one, and wraps anything else", () => {
    const error = new ApiError({ status: 404, code: "not_found", message: "x" });
    expect(asApiError(error)).toBe(error);
    expect(asApiError(new TypeError("boom"))).toMatchObject({ code: "defect", message: "boom" });
    expect(asApiError("text").message).toBe("text");
  });
});
