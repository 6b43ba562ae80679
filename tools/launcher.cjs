#!/usr/bin/env node
'use strict';
// The `qmoi` command. Whatever Node calls it (12 or newer), the engine runs on the pinned one that
// `npm ci` puts into node_modules; so this file keeps to what an old Node can read.
var path = require('path');
var fs = require('fs');
var childProcess = require('child_process');

// The first Node with all the engine uses: type stripping, Temporal, import.meta.main.
var needed = [26, 8];
var root = path.join(__dirname, '..');
var main = path.join(root, 'src', 'main.ts');
var pinned = path.join(
  root,
  'node_modules',
  '.bin',
  process.platform === 'win32' ? 'node.cmd' : 'node',
);

function isNewEnough(version) {
  var parts = version.split('.').map(Number);
  return parts[0] > needed[0] || (parts[0] === needed[0] && parts[1] >= needed[1]);
}

function refuse(message) {
  process.stderr.write('qmoi: ' + message + '\n');
  process.exit(1);
}

function runHere() {
  // As if `node src/main.ts` had been typed: main.ts is the entry, by its own name.
  process.argv[1] = main;
  require('module').runMain();
}

function runOnPinned() {
  if (process.env.QMOI_RELAUNCHED === '1')
    refuse('the Node in node_modules is too old. Run `npm ci` again in ' + root);
  var child = childProcess.spawn(pinned, [__filename].concat(process.argv.slice(2)), {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: Object.assign({}, process.env, { QMOI_RELAUNCHED: '1' }),
  });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      // A terminal signals the engine by itself; a second signal would mean “at once”.
      if (signal !== 'SIGTERM' && process.stdin.isTTY) return;
      child.kill(signal);
    });
  });
  child.on('error', function (error) {
    refuse('the pinned Node did not start: ' + error.message);
  });
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

if (!fs.existsSync(path.join(root, 'node_modules')))
  refuse('packages are not installed. Run `npm ci` in ' + root);
if (isNewEnough(process.versions.node)) runHere();
else if (fs.existsSync(pinned)) runOnPinned();
else
  refuse(
    'Node ' +
      needed.join('.') +
      ' or newer is needed, and node_modules has none for this machine. ' +
      'Run `npm ci` without --omit=optional in ' +
      root,
  );
