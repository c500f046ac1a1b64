/** The monitor: one on each server, it watches memory and calls for help before it runs out. */
@NullMarked
package io.migrationmonkey.monitor;

import org.jspecify.annotations.NullMarked;
