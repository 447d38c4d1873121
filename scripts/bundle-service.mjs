// Bundles the modules of the service's program and of its threads, with the packages that have hundreds of small ones: each module that
// Node.js has to find and load takes time at the start and memory. The other modules stay beside the bundles.
import { build, stop } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** What `src/main.ts` loads, and what a thread runs. */
const PROGRAMS = ['bootstrap', 'worker'];
const BUNDLED_PACKAGES = /^(@nestjs|es-toolkit)(\/|$)/;
/** Nest asks for these where they are installed. */
const OPTIONAL_PACKAGES = /^(@nestjs\/(microservices|websockets|platform-fastify)|@fastify\/)/;

const GIVE_NAME = '__defProp(target, "name", { value, configurable: true });';
/** How esbuild gives classes and functions the names that they have in the sources. */
const NAMES = `var __name = (target, value) => ${GIVE_NAME}`;
/**
 * Nest, TypeORM and Swagger need the names of classes, which esbuild may have to change. Arrow functions and async functions have no
 * prototype, and need no names. Those that are made within other functions would be named each time: a push of one record took 1.08
 * times as long.
 */
const NAMES_OF_CLASSES = `var __name = (target, value) => !("prototype" in target) || target.name === value ? target : ${GIVE_NAME}`;

/** @param dist the folder of the compiled service. The modules of PROGRAMS are replaced. */
export async function bundleService(dist) {
  const outdir = join(dist, 'src');
  const { outputFiles } = await build({
    entryPoints: PROGRAMS.map((name) => join(outdir, `${name}.js`)),
    outdir,
    chunkNames: 'shared-[hash]',
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    write: false,
    plugins: [packagesOutside, ownPlaces(outdir)],
    logLevel: 'warning',
  });
  // Its process would stay as long as this one.
  await stop();
  if (outputFiles.filter(({ text }) => text.includes(NAMES)).length !== 1)
    throw new Error('esbuild gives names in another way than this script knows');
  for (const { path, text } of outputFiles) await writeFile(path, text.replace(NAMES, NAMES_OF_CLASSES));
}

const packagesOutside = {
  name: 'packages-outside',
  setup(bundle) {
    bundle.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || (BUNDLED_PACKAGES.test(path) && !OPTIONAL_PACKAGES.test(path))
        ? undefined
        : { external: true },
    );
  },
};

/** Modules find files by their own place, which they keep. */
const ownPlaces = (outdir) => ({
  name: 'own-places',
  setup(bundle) {
    bundle.onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const place = relative(outdir, path).split(sep).join('/');
      return {
        contents: text.replaceAll(
          'import.meta.url',
          `new URL(${JSON.stringify(place)}, import.meta.url).href`,
        ),
      };
    });
  },
});
