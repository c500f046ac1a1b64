/** The loop: reads, judges, and hands each sighting on without waiting for anybody. */
@NullMarked
package io.migrationmonkey.monitor.watch;

import org.jspecify.annotations.NullMarked;
