// Calls an export of a module that imports nothing, and tells what it gave, how
// long that took, and what the collector did.
//
// usage: node node_invoke.mjs FILE EXPORT INTEGER...
import {readFileSync} from 'node:fs';
import {PerformanceObserver, performance} from 'node:perf_hooks';

const [file, name, ...operands] = process.argv.slice(2);
const pauses = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) pauses.push(entry.duration);
}).observe({entryTypes: ['gc']});

const {instance} =
    await WebAssembly.instantiate(readFileSync(file), {});
const run = instance.exports[name];
const before = process.cpuUsage();
const start = performance.now();
const result = run(...operands.map(Number));
const wall = performance.now() - start;
const {user, system} = process.cpuUsage(before);
if (result !== undefined) console.log(String(result));
// Observers are told between tasks.
setTimeout(() => {
  const total = pauses.reduce((sum, pause) => sum + pause, 0);
  console.error(
      `${wall.toFixed(1)} ms, of the processors ` +
      `${((user + system) / 1000).toFixed(1)} ms; gc: ${pauses.length} ` +
      `collections, ${total.toFixed(1)} ms in all, ` +
      `${Math.max(0, ...pauses).toFixed(1)} ms the longest`);
}, 100);
