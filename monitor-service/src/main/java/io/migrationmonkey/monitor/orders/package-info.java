/** Orders a migration when this server is active and exhausted: once, and until it is taken. */
@NullMarked
package io.migrationmonkey.monitor.orders;

import org.jspecify.annotations.NullMarked;
