/** What a check found, in the forms that CI systems read. */
import type { CheckReport } from "../../api/check.js";
import { version } from "../../version.js";
import { surely } from "../../known.js";

/** A finding as such systems know it. */
interface Finding {
  /** A stable code. */
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  /** What it is about: a table, or the whole repository. */
  readonly subject: string;
}

function findingsOf({ pending, problems, drift, rows }: CheckReport): Finding[] {
  return [
    ...pending.map((id): Finding => ({
      rule: "pending",
      level: "warning",
      message: `Revision ${id} is pending.`,
      subject: "revisions",
    })),
    ...problems.map(({ code, message }): Finding => ({
      rule: code,
      level: "error",
      message,
      subject: "records",
    })),
    ...drift.map((one): Finding => ({
      rule: one.reason ?? "drift",
      level: one.class === "variation" ? "note" : "error",
      message: `${one.table === "" ? "" : `Table "${one.table}", `}${one.object}: expected ${one.expected ?? "nothing"}, found ${one.found ?? "nothing"}${one.explanation === null ? "" : ` (${one.explanation})`}.`,
      subject: one.table,
    })),
    ...(rows ?? []).map(({ code, message, table, examples }): Finding => ({
      rule: code,
      level: "error",
      message: examples.length === 0 ? message : `${message} ${examples.join("; ")}`,
      subject: table,
    })),
  ];
}

/** A SARIF 2.1.0 log with one run. */
export function sarifOf(report: CheckReport, uri: string): string {
  const findings = findingsOf(report);
  const rules = [...new Set(findings.map(({ rule }) => rule))].toSorted();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "godwit", version, rules: rules.map((id) => ({ id })) } },
        results: findings.map(({ rule, level, message, subject }) => ({
          ruleId: rule,
          ruleIndex: rules.indexOf(rule),
          level,
          message: { text: message },
          locations: [
            {
              logicalLocations: [
                { name: subject, fullyQualifiedName: `${withoutPassword(uri)}#${subject}`, kind: "resource" },
              ],
            },
          ],
        })),
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

/** A JUnit report: a case for each finding that fails, one that passes where there is none. */
export function junitOf(report: CheckReport, uri: string): string {
  const findings = findingsOf(report).filter(({ level }) => level !== "note");
  const suite = xml(withoutPassword(uri));
  const cases =
    findings.length === 0
      ? ['    <testcase classname="godwit.check" name="check"/>']
      : findings.map(({ rule, message, subject }, index) =>
          [
            `    <testcase classname="godwit.check.${xml(rule)}" name="${xml(`${index + 1} ${subject}`)}">`,
            `      <failure type="${xml(rule)}" message="${xml(message)}"/>`,
            "    </testcase>",
          ].join("\n"),
        );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="godwit check" tests="${cases.length}" failures="${findings.length}">`,
    `  <testsuite name="${suite}" tests="${cases.length}" failures="${findings.length}">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
  ].join("\n");
}

/** A database URL may hold a password. */
function withoutPassword(uri: string): string {
  return uri.replace(/^([a-z][a-z0-9+]*:\/\/)[^@/]*@/i, "$1");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text for an attribute; what XML cannot hold becomes a space. */
function xml(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, " ")
    .replaceAll(/[&<>"']/g, (character) => surely(entities[character]));
}
