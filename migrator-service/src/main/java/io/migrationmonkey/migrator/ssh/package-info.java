/**
 * Running commands on the two servers over SSH: argument lists out, parsed answers back.
 *
 * <p>It knows nothing of what the commands are for.
 */
@NullMarked
package io.migrationmonkey.migrator.ssh;

import org.jspecify.annotations.NullMarked;
