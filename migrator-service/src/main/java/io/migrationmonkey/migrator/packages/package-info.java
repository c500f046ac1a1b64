/**
 * Brings the Debian packages of the active server to the standby, at the same versions, and removes
 * none.
 */
@NullMarked
package io.migrationmonkey.migrator.packages;

import org.jspecify.annotations.NullMarked;
