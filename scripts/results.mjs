import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root } from "./root.mjs";

const runs = [];

/** Where a run of vitest leaves its outcome; an older one there is removed. */
export function resultFile(name) {
  const file = join(root, "artifacts/results", `${name}.json`);
  rmSync(file, { force: true });
  runs.push({ name, file });
  return file;
}

/** `812 passed, 0 failed` over all runs. A step that failed without a failed test (types, a crash) counts as one. */
export function closingLine(failedSteps) {
  let passed = 0;
  let failed = 0;
  const explained = new Set();
  for (const { name, file } of runs) {
    const outcome = read(file);
    passed += outcome.passed;
    failed += outcome.failed;
    if (outcome.failed > 0) explained.add(name);
  }
  failed += failedSteps.filter((step) => !explained.has(step === "tests" ? "unit" : step)).length;
  return `${passed} passed, ${failed} failed`;
}

/** Each failed test once more, with the first lines of why: a long log is seldom kept whole, its end is. */
export function failures() {
  return runs.flatMap(({ file }) => {
    try {
      return JSON.parse(readFileSync(file, "utf8")).testResults.flatMap(failuresOfFile);
    } catch {
      return [];
    }
  });
}

const LINES_OF_WHY = 12;

function failuresOfFile({ name, status, message, assertionResults }) {
  const path = relative(root, name);
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (failed.length === 0) return status === "failed" ? [describe(path, [message])] : [];
  return failed.map((test) => describe(`${path} > ${test.fullName}`, test.failureMessages));
}

function describe(title, messages) {
  const why = stripVTControlCharacters((messages ?? []).join("\n"))
    .split("\n")
    .slice(0, LINES_OF_WHY);
  return [`✗ ${title}`, ...why.map((line) => `    ${line}`)].join("\n");
}

function read(file) {
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(file, "utf8"));
    const perFile = testResults.map((result) => {
      const tests = result.assertionResults.filter((test) => test.status === "failed").length;
      // A file that could not even be loaded has no tests to fail.
      return tests === 0 && result.status === "failed" ? 1 : tests;
    });
    return { passed: numPassedTests, failed: perFile.reduce((sum, count) => sum + count, 0) };
  } catch {
    return { passed: 0, failed: 0 };
  }
}
