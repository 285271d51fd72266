import { defineRevision } from "godwit";
import { Attributes, classAttribute, digestAttribute } from "../../lib/butler/attributes.js";
import { schemaDigest } from "../../lib/butler/digests.js";
import { otherAttributes } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "c0e4f9ab4a5d",
  parent: "f22a777cf382",
  manager: "attributes",
  branch: "DefaultButlerAttributeManager",
  version: "1.0.1",
  summary: "Stop recording digests of the schema",
  compatibility: { backward: "full", forward: "full" },
  invariants: [otherAttributes("schema_digest:%")],
  async up(context) {
    const attributes = new Attributes(context);
    for (const classPath of await configuredClasses(attributes)) {
      await attributes.remove(digestAttribute(classPath));
    }
  },
  async down(context) {
    const attributes = new Attributes(context);
    for (const classPath of await configuredClasses(attributes)) {
      await attributes.set(digestAttribute(classPath), schemaDigest(classPath));
    }
  },
});

async function configuredClasses(attributes: Attributes): Promise<string[]> {
  const prefix = classAttribute("");
  return [...(await attributes.all())].filter(([name]) => name.startsWith(prefix)).map(([, value]) => value);
}
