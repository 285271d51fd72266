import { expect } from "chai";
import { publishedConfiguration } from "../../../lib/butler/universe/canonical.js";
import { fingerprint } from "../../../lib/butler/universe/json.js";

// Of the configurations that Butler's releases carry, documentation left out.
const fingerprints: readonly string[] = [
  "d3ade28690cecc5f1e9e1e69fd00bdb10f58cd767552955b0647d80c6b1940ee",
  "7e8d97d11d5a613f49fe8d8621afd94f999c445fe8799d39672bf03ea4e1a799",
  "6376f740b82cf36cd8911b06b05b6d2b03b15fc608e3f70d95b37563e350a3ac",
  "3a371559a67958c1fbef3ed68bb39854f7281d49b8ce62c1529df6940dd9682b",
  "0db2c484b58a0d698356d5333807be2942686daf27d36b92374628ddf4e094e7",
  "baecc27357b7932aed8e1128475bbfcf374fb192a300109cdf8bf50e1c61df81",
  "6b1db1e2545dceacc511ab7535e51beb5669b2ecc24d9ed3dc9a2549e496151e",
  "e94a191186484769775b6b6d06a9d3018034d54ef5e353c44ff5df681302eb01",
  "332cd2e561cda98cef08256216f7de615122e198e6b991389d81fb44b34ae9fc",
];

describe("the published dimension configurations", () => {
  for (const [version, expected] of fingerprints.entries()) {
    it(`version ${version} has its fingerprint`, async () => {
      expect(fingerprint(await publishedConfiguration(version))).to.equal(expected);
    });
  }
});
