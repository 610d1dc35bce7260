import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { compareAnswers, comparedText, sumOf } from "../../../bench/atlas/differences.js";
import { readJobs } from "../../../bench/lab/session/jobs.js";
import { loadAtlas, packagedAtlas } from "../../../results/atlas/files.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { skip as noLab } from "../../support/guest.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { noSlurm, SlurmCluster } from "../../support/slurm.js";

const skip = noLab || noSlurm;
const folder = scratchFolder();
const build = ["atlas", "build", "--out", "atlas"];
const sbatch = join(packageRoot(), "scripts/fleet/slurm/lab.sbatch");

test("cells of two kernels that Slurm's workers measured are those of the atlas, which was measured without Slurm", {
  skip,
}, async (context) => {
  const chosen = ["--kernels", "6.1,6.12", "--places", "ext4"];
  const printed = await puntbench([...build, ...chosen, "--jobs-json", "parts"], { cwd: folder });
  assert.equal(printed.code, 0, printed.stderr);
  writeFileSync(join(folder, "jobs.json"), printed.stdout);
  const jobs = readJobs(join(folder, "jobs.json"));
  assert.deepEqual(
    jobs.map(({ name }) => name),
    ["6.1 ext4", "6.12 ext4"],
  );
  const cluster = await SlurmCluster.start();
  after(() => cluster.stop());
  cluster.env.PUNTBENCH = packageRoot();
  assert.equal(await cluster.runArray(jobs.length, [sbatch, "jobs.json"], folder), 0);
  const collect = await puntbench([...build, "--collect", "jobs.json"], { cwd: folder });
  assert.equal(collect.stdout, "2 of 2 jobs came back\n");
  const known = loadAtlas(packagedAtlas()).files;
  const { files } = loadAtlas(join(folder, "atlas"));
  const compared = files.map((file) => {
    const before = known.find((one) => one.kernel === file.kernel && one.place === file.place);
    assert.ok(before, `the packaged atlas has no ${file.kernel} ${file.place}`);
    return compareAnswers(before, file);
  });
  const sum = sumOf(compared);
  context.diagnostic(comparedText(sum));
  assert.deepEqual(sum.changed, []);
  assert.ok(sum.agreed > 80, `only ${sum.agreed} cells could be compared`);

  const measuredAt = jobs.map(({ output }) => statSync(join(folder, output)).mtimeMs);
  assert.equal(await cluster.runArray(jobs.length, [sbatch, "jobs.json"], folder), 0);
  assert.deepEqual(
    jobs.map(({ output }) => statSync(join(folder, output)).mtimeMs),
    measuredAt,
  );
});
