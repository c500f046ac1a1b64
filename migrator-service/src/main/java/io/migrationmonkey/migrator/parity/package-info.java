/** How well the standby could take over now, and when it is brought up to date. */
@NullMarked
package io.migrationmonkey.migrator.parity;

import org.jspecify.annotations.NullMarked;
