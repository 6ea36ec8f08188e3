export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [member: string]: unknown;
}

/** A package of the repository: its folder, such as `packages/client`, or `.`. */
export interface Package {
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface Release {
  readonly root: Package;
  readonly packages: readonly Package[];
  readonly changelog: string;
  /** Files that name archives. */
  readonly texts: readonly { readonly path: string; readonly text: string }[];
}

export const PUBLISHED: readonly string[];
export const IN_EVERY_ARCHIVE: readonly string[];
export function readRelease(folder: string): Release;
export function faultsOfRelease(release: Release): string[];
export function faultsOfArchive(name: string, files: readonly string[]): string[];
