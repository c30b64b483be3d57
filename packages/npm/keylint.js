#!/usr/bin/env node
// Starts the program of the package for this machine, and ends as it ends.
'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');

const name = `keylint-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${name}/bin/keylint${process.platform === 'win32' ? '.exe' : ''}`);
} catch {
  console.error(
    `error: the package ${name} is not installed: either there is none for this machine, and ` +
      '`cargo install keylint` builds it, or optional dependencies were left out: install again without `--omit=optional`',
  );
  process.exit(2);
}

const child = spawn(program, process.argv.slice(2), { stdio: 'inherit' });
// A terminal sends its signals to both; others reach only this one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`error: ${program} can't be started: ${error.message}`);
  process.exit(2);
});
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
