// Bundles console/ into files for browsers: a page, and the files that it loads. Their names change with their
// content.
import { buildSync } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'console');

/** @param target the folder to write to. It is created. */
export function buildConsole(target) {
  const assets = join(target, 'assets');
  mkdirSync(assets, { recursive: true });
  const { metafile } = buildSync({
    entryPoints: [join(source, 'main.tsx'), join(source, 'styles', 'main.css')],
    outdir: assets,
    outbase: source,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    metafile: true,
    absWorkingDir: root,
    logLevel: 'error',
  });
  const built = Object.keys(metafile.outputs).map((path) => basename(path));
  const named = (extension) => built.find((name) => name.endsWith(extension));
  copyFileSync(join(source, 'icon.svg'), join(assets, 'icon.svg'));
  const page = readFileSync(join(source, 'index.html'), 'utf8')
    .replace('main.js', named('.js'))
    .replace('main.css', named('.css'));
  writeFileSync(join(target, 'index.html'), page);
  writeFileSync(join(assets, 'licences.txt'), licencesOf(Object.keys(metafile.inputs)));
}

/**
 * Returns the licences of the bundled packages. They are served beside the bundle, because the bundle has no
 * comments, and the packages are not installed where it is served.
 *
 * @param inputs the paths of the bundled files, relative to the project's root
 */
function licencesOf(inputs) {
  const packages = inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const notices = [...new Set(packages)].sort().map((name) => {
    const folder = join(root, 'node_modules', name);
    const file = readdirSync(folder).find((found) => /^licen[cs]e/i.test(found));
    if (file === undefined) throw new Error(`The package ${name} has no licence file`);
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return notices.join(`\n${'-'.repeat(80)}\n\n`);
}
