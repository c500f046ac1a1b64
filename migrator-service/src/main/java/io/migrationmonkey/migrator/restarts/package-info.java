/**
 * Reboots of the two servers: what became of the latest, and when one is due by itself. {@code
 * RebootRule} decides (pure).
 */
@NullMarked
package io.migrationmonkey.migrator.restarts;

import org.jspecify.annotations.NullMarked;
