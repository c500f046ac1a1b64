/** Follows the switch key in Redis and decides what a reading of it means. */
@NullMarked
package io.migrationmonkey.proxy.switching;

import org.jspecify.annotations.NullMarked;
