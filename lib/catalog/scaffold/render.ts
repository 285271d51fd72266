/** Makes the texts of revision files from a template. */
import { InputError } from "../../errors.js";
import path from "node:path";
import { addedColumnsCode, alterationCode, creationCode, requireTable } from "./alteration.js";
import { fieldsCode, importCode, keyCode, literalCode } from "./code.js";
import { layOut } from "./layout.js";
import type { DiffCode } from "./diff/diff.js";
import { elementCode } from "./element.js";
import type { FlagValues } from "./flags.js";
import { renderTemplate } from "./template.js";
import type { Template } from "./template.js";
import type { NewFile } from "./write.js";
import { valueAt } from "../../known.js";

/** The header of a new revision or switch, and the file that it is for. */
export interface NewHeader {
  readonly define: "defineRevision" | "defineSwitch";
  readonly file: string;
  /** What stands before `compatibility`, in this order. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The versions before and after, where there are any. */
  readonly versions: readonly [before: string | null, after: string | null];
}

/** What a template says about the header. */
interface HeadRequest {
  readonly forward?: string;
  readonly backward?: string;
  readonly irreversible?: string | null;
  /** More fields of the header. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

const headMark = "/* godwit: head */";

/**
 * Makes one file of one header and the template's code; of several headers, a file each that imports one shared implementation.
 * @param shared the file of the shared implementation
 */
export async function renderRevision(
  template: Template,
  headers: readonly NewHeader[],
  values: { readonly flags: FlagValues; readonly diff: DiffCode | null },
  shared: string,
): Promise<NewFile[]> {
  let request: HeadRequest = {};
  const exported = headers.length > 1 ? "export " : "";
  const text = await renderTemplate(template, {
    ...values,
    // The first revision of a tree may find its table, or nothing at all.
    begins: headers.every(({ fields }) => fields["parent"] === null),
    code: literalCode,
    member: keyCode,
    alteration: (values: FlagValues, table: string, flag: string) => {
      const code = alterationCode(values, table);
      requireTable(flag, values[flag], code);
      return code;
    },
    creation: creationCode,
    element: elementCode,
    refuse: (code: string, message: string) => {
      throw new InputError(code, message);
    },
    version: (way: "before" | "after") => valueAt(headers, 0).versions[way === "before" ? 0 : 1] ?? "0",
    addedColumns: addedColumnsCode,
    head: (asked: HeadRequest = {}) => {
      request = asked;
      return headMark;
    },
    function: (name: string, unused: boolean) =>
      `${exported}async function ${name}(${unused ? "_context" : "context"}: RevisionContext): Promise<void>`,
  });
  const body = text.trim();
  const functions = ["up", "down"].filter((name) => new RegExp(`async function ${name}\\(`).test(body));
  const [first] = headers;
  if (first !== undefined && headers.length === 1) {
    const imports = importCode(body, [first.define]);
    const definition = definitionCode(first, request, functions);
    const code = `${imports}\n${body.replace(headMark, () => `${definition}\n`)}\n`;
    return [{ file: first.file, text: layOut(code) }];
  }
  const implementation = body.replace(headMark, "").trim();
  return [
    { file: shared, text: layOut(`${importCode(implementation)}\n${implementation}\n`) },
    ...headers.map((header) => ({
      file: header.file,
      text: layOut(
        `import { ${header.define} } from "godwit";\nimport { ${functions.join(", ")} } from "${importPath(header.file, shared)}";\n\n${definitionCode(header, request, functions)}\n`,
      ),
    })),
  ];
}

function definitionCode(
  { fields, define }: NewHeader,
  request: HeadRequest,
  functions: readonly string[],
): string {
  const header = fieldsCode({
    ...fields,
    compatibility:
      define === "defineSwitch"
        ? undefined
        : { backward: request.backward ?? "none", forward: request.forward ?? "none" },
    ...request.fields,
    irreversible: request.irreversible ?? undefined,
  });
  const code = functions.map((name) => `  ${name},\n`).join("");
  return `export default ${define}({\n${header}${code}});`;
}

function importPath(from: string, to: string): string {
  const relative = path.relative(path.dirname(from), to).replaceAll(path.sep, "/").replace(/\.ts$/, ".js");
  return relative.startsWith(".") ? relative : `./${relative}`;
}
