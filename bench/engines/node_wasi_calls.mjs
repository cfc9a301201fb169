// Times WASI calls under Node as wasi_bench does:
//   node node_wasi_calls.mjs MODULE ROUNDS 'FUNCTION FD SIZE'...
// MODULE is input_output.wasm. Prints {"FUNCTION FD SIZE": nanoseconds of the
// quickest call on average} as JSON.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync }
  from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WASI } from "node:wasi";

const kCallsInside = 100;
const kFileSize = 1 << 20;
const kFiles = 100;

const [module, rounds, ...calls] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), "wasi_calls_"));
for (let i = 0; i < kFiles; ++i) {
  const content = i === 0 ? Buffer.alloc(kFileSize, "x") : "";
  writeFileSync(join(directory, i === 0 ? "file" : `file${i}`), content);
}
const input = openSync(join(directory, "file"), "r+");
const nothing = openSync("/dev/null", "w");

const wasi = new WASI({
  version: "preview1",
  args: ["bench"],
  preopens: { "/": directory },
  stdin: input,
  stdout: nothing,
  stderr: input,
});
const instance = new WebAssembly.Instance(
  new WebAssembly.Module(readFileSync(module)),
  { wasi_snapshot_preview1: wasi.wasiImport });
// Node wants one of the two entries, and the module has neither.
wasi.initialize({ exports: { memory: instance.exports.memory } });

const results = {};
for (const call of calls) {
  const [name, fd, size] = call.split(" ");
  const run = () => instance.exports[name](Number(fd), Number(size),
                                           kCallsInside);
  let best = Infinity;
  for (let round = 0; round < Number(rounds); ++round) {
    const start = process.hrtime.bigint();
    const errno = run();
    const elapsed = Number(process.hrtime.bigint() - start) / kCallsInside;
    if (errno !== 0) throw new Error(`${call}: errno ${errno}`);
    best = Math.min(best, elapsed);
  }
  results[call] = best;
}
closeSync(input);
closeSync(nothing);
rmSync(directory, { recursive: true });
console.log(JSON.stringify(results));
