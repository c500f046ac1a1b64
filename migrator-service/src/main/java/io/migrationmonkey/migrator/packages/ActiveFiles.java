package io.migrationmonkey.migrator.packages;

import java.util.List;

/**
 * What goes with the packages of the active server.
 *
 * @param localSources repositories on its own disks, and where they are named
 */
record ActiveFiles(List<PortableFile> files, List<String> localSources) {}
