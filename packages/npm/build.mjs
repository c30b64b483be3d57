// Makes npm packages of a release: `node packages/npm/build.mjs ARCHIVES FOLDER`.
//
// `keylint` is a few lines that start the program of one of the packages `keylint-OS-CPU`, which are optional
// dependencies: npm installs the one that fits the machine. Nothing is downloaded or run while they are installed.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');

const PLATFORMS = {
  'x86_64-unknown-linux-musl': ['linux', 'x64'],
  'aarch64-unknown-linux-musl': ['linux', 'arm64'],
  'x86_64-apple-darwin': ['darwin', 'x64'],
  'aarch64-apple-darwin': ['darwin', 'arm64'],
  'x86_64-pc-windows-msvc': ['win32', 'x64'],
};

const [archives, folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node packages/npm/build.mjs ARCHIVES FOLDER');
  process.exit(2);
}
const manifest = readFileSync(join(root, 'Cargo.toml'), 'utf8');
const field = (name) => manifest.match(new RegExp(`^${name} = "(.*)"$`, 'm'))?.[1];
const version = field('version');
const shared = {
  version,
  license: field('license').replace(/^(.* OR .*)$/, '($1)'),
  ...(field('repository') && { repository: field('repository') }),
};

function write(name, fields, files) {
  const place = join(folder, name);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, 'bin'), { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, ...shared, ...fields }, null, 2) + '\n');
  for (const file of ['LICENSE-APACHE', 'LICENSE-MIT', ...files]) copyFileSync(join(root, file), join(place, file));
  return place;
}

const optional = {};
for (const archive of readdirSync(archives).filter((name) => name.endsWith('.tar.gz')).sort()) {
  const target = archive.slice(`keylint-${version}-`.length, -'.tar.gz'.length);
  const platform = archive.startsWith(`keylint-${version}-`) && PLATFORMS[target];
  if (!platform) throw new Error(`${archive} is for no platform that npm packages are made for`);
  const [os, cpu] = platform;
  const name = `keylint-${os}-${cpu}`;
  const program = os === 'win32' ? 'keylint.exe' : 'keylint';
  const description = `The program of keylint for ${os} on ${cpu}`;
  const place = write(name, { description, os: [os], cpu: [cpu], files: ['bin'] }, []);
  const from = resolve(archives, archive);
  execFileSync('tar', ['-xzf', from, '-C', join(place, 'bin'), `./${program}`]);
  optional[name] = version;
}
if (Object.keys(optional).length === 0) throw new Error(`there are no archives of ${version} in ${archives}`);
const place = write(
  'keylint',
  {
    description: field('description'),
    keywords: ['claude', 'linter', 'secrets', 'pre-commit', 'git'],
    bin: { keylint: 'bin/keylint.js' },
    files: ['bin'],
    engines: { node: '>=18' },
    optionalDependencies: optional,
  },
  ['README.md'],
);
copyFileSync(join(here, 'keylint.js'), join(place, 'bin/keylint.js'));
