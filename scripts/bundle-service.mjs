// Bundles the modules of the service's program and of its threads, with the packages that have hundreds of small ones: each module that
// Node.js has to find and load takes time at the start and memory. The other modules stay beside the bundles.
import { build, stop } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** What `src/main.ts` loads, and what a thread runs. */
const PROGRAMS = ['bootstrap', 'worker'];
const BUNDLED_PACKAGES = /^(@nestjs|es-toolkit)(\/|$)/;
/** Nest asks for these where they are installed. */
const OPTIONAL_PACKAGES = /^(@nestjs\/(microservices|websockets|platform-fastify)|@fastify\/)/;

/** @param dist the folder of the compiled service. The modules of PROGRAMS are replaced. */
export async function bundleService(dist) {
  const outdir = join(dist, 'src');
  await build({
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
    plugins: [packagesOutside, ownPlaces(outdir)],
    logLevel: 'warning',
  });
  // Its process would stay as long as this one.
  await stop();
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
