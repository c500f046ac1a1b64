/** Reads how much memory this server has and how much of it is really used. */
@NullMarked
package io.migrationmonkey.monitor.memory;

import org.jspecify.annotations.NullMarked;
