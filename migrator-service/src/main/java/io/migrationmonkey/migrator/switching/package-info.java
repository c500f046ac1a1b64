/**
 * The switch in Redis: who holds it, the hold, the flip, and the lease that keeps migrators apart.
 */
@NullMarked
package io.migrationmonkey.migrator.switching;

import org.jspecify.annotations.NullMarked;
