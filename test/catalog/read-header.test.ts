import { expect } from "chai";
import fc from "fast-check";
import { parseHeader } from "../../lib/catalog/parse-header.js";
import { readHeader } from "../../lib/catalog/read-header.js";
import type { RawHeader } from "../../lib/catalog/raw-header.js";
import { InputError } from "../../lib/errors.js";

const name = fc.constantFrom(
  "id",
  "parent",
  "manager",
  "summary",
  "labels",
  "options",
  "version",
  "needs",
  "x y",
);

/** Ways to write a text, some of which only a complete parser understands. */
const textCode = fc
  .tuple(fc.string({ unit: "grapheme", maxLength: 8 }), fc.constantFrom('"', "'", "`", "\\u"))
  .map(([text, quote]) => {
    if (quote === '"') return JSON.stringify(text);
    if (quote === "\\u") return `"\\u0041\\x41"`;
    return `${quote}${text.replaceAll(/[\\'`$\r\n\u2028\u2029]/g, "-")}${quote}`;
  });

const { literal } = fc.letrec<{ literal: string }>((tie) => ({
  literal: fc.oneof(
    { depthSize: "small" },
    textCode,
    fc.constantFrom(
      "null",
      "true",
      "false",
      "0",
      "-1",
      "2.5",
      "1e3",
      "0x1F",
      "1_000",
      "-0",
      "+3",
      "undefined",
      "5n",
    ),
    fc.constantFrom(
      "/a,b}/",
      "f(1)",
      "a ? b : c",
      "`${1}`",
      "...rest",
      `"a" + "b"`,
      `("a")`,
      `"a" satisfies string`,
    ),
    fc.array(tie("literal"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc
      .array(fc.tuple(name, tie("literal")), { maxLength: 3 })
      .map(
        (entries) => `{ ${entries.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(", ")}, }`,
      ),
    fc.tuple(tie("literal"), fc.constantFrom("as const", "as string", "!")).map((parts) => parts.join(" ")),
  ),
}));

const code = fc.constantFrom(
  "up,",
  "down: shared.down,",
  "async up(context) { if (a) { b(`}${`}`}`); } /* } */ },",
  "async up() { const x = a / 2; const y = /[/}]/.test('}'); // }\n },",
  "up: async (context: RevisionContext): Promise<void> => { await f(context); },",
  "async up() { return a > 1 ? /}/ : b++ / 2; },",
  "async up<T>(a: T) {},",
  "invariants: [{ description: 'x', before: f, after: async () => 1 }],",
  "get up() { return 1; },",
  "async *up() {},",
  "up: f<A, B>(1),",
);

const before = fc.constantFrom(
  `import { defineRevision } from "godwit";\n`,
  `import { defineRevision, type RevisionContext } from "godwit";\nimport { up } from "./shared.js";\n`,
  `import { defineRevision as make } from "godwit";\nconst defineRevision = make;\n`,
  `import { other as defineRevision } from "elsewhere";\n`,
  `// export default defineRevision({ id: "no" });\nconst a = "export default defineRevision({})";\n`,
  `const up = async () => { if (x) { y(/}/); } };\n`,
  `export const down = 1;\n`,
  "\uFEFF",
  "#!/usr/bin/env node\n",
);

const after = fc.constantFrom(
  "",
  ";\n",
  "\n\nasync function up() { return `${a}`; }\n",
  "\nexport { a };\n",
  "// }\n",
);

const field = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(name, literal).map(([key, value]) => `${JSON.stringify(key)}: ${value},`),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(name, textCode).map(([key, value]) => `${key.replace(" ", "_")}: ${value},`),
  },
  { weight: 2, arbitrary: code },
  { weight: 1, arbitrary: fc.constantFrom("// a comment\n", "/* one */", "...spread,", "[computed]: 1,") },
);

const file = fc
  .tuple(
    before,
    fc.constantFrom("defineRevision", "defineSwitch", "other"),
    fc.array(field, { maxLength: 6 }),
    after,
  )
  .map(
    ([head, callee, fields, tail]) =>
      `${head}export default ${callee}({\n  ${fields.join("\n  ")}\n})${tail}`,
  );

function parsed(text: string): RawHeader | "no header" | "syntax" | "error" {
  try {
    return parseHeader("a.ts", text) ?? "no header";
  } catch (error) {
    if (error instanceof InputError) return error.code === "revision-syntax" ? "syntax" : "error";
    throw error;
  }
}

describe("The fast reader of headers", () => {
  it("agrees with the parser, or leaves the file to it", () => {
    fc.assert(
      fc.property(file, (text) => {
        const fast = readHeader(text);
        if (fast !== null) expect(fast).to.deep.equal(parsed(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("agrees with the parser on files with a character changed, unless the mistake is in code that it skips", () => {
    const mutated = fc.tuple(
      file,
      fc.nat(),
      fc.constantFrom("", "{", "}", '"', "`", "/", ",", ")", "'", "$", "*"),
    );
    fc.assert(
      fc.property(mutated, ([text, at, character]) => {
        const position = at % text.length;
        // Half a character cannot come from a file.
        const changed = `${text.slice(0, position)}${character}${text.slice(position + 1)}`.toWellFormed();
        const fast = readHeader(changed);
        const exact = parsed(changed);
        if (fast !== null && exact !== "syntax") expect(fast).to.deep.equal(exact);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads what the templates write by itself", () => {
    const text = `import { defineRevision, losesValues, type, type RevisionContext } from "godwit";

export default defineRevision({
  id: "aaaaaaaaaaaa",
  parent: ["bbbbbbbbbbbb", "cccccccccccc"],
  manager: "app",
  summary: "It's \\"quoted\\"",
  compatibility: { backward: "none", forward: "full" },
  up,
  down,
});

async function up(context: RevisionContext): Promise<void> {
  await context.schema.alter("t", (table) => {
    table.addColumn("doc", type.text(), { nullable: true });
  });
}

async function down(context: RevisionContext): Promise<void> {
  await losesValues(context, "t", "doc");
}
`;
    expect(readHeader(text)).to.deep.equal(parsed(text)).and.not.to.equal(null);
  });
});
